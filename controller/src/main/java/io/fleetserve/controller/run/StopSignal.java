package io.fleetserve.controller.run;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Tells the main thread to end. Thread-safe; the first request counts.
public final class StopSignal {
  private final CompletableFuture<Boolean> requested = new CompletableFuture<>();

  /// Asks for the end.
  ///
  /// @param keepServing leave the load balancer running
  public void request(boolean keepServing) {
    requested.complete(keepServing);
  }

  /// Waits for the request.
  ///
  /// @return whether the load balancer is to go on
  public boolean await() throws InterruptedException {
    try {
      return requested.get();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
