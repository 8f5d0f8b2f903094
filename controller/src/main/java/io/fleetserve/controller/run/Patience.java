package io.fleetserve.controller.run;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How answers are waited for; tests have time of their own.
interface Patience {
  /// Waits until the answer is there, for a time at most.
  ///
  /// @return whether it is there; false also when the thread is interrupted, which it stays
  boolean await(Future<?> answer, Duration limit);

  /// Lets a time pass.
  default void pause(Duration time) {
    await(new CompletableFuture<>(), time);
  }

  /// In real time.
  Patience REAL =
      (answer, limit) -> {
        try {
          answer.get(Math.max(0, limit.toMillis()), TimeUnit.MILLISECONDS);
          return true;
        } catch (ExecutionException | CancellationException failed) {
          return true;
        } catch (TimeoutException late) {
          return false;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      };
}
