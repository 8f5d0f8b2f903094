package io.fleetserve.controller.run;

import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.stream.EndpointPublisher;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Holds the endpoint stream back after a start until every replica that may be alive was heard of,
/// or its time is over, so that a controller that knows little empties no route. Thread-safe.
final class Recovery {
  private static final Duration REPORTS = Duration.ofSeconds(5);
  private static final Duration ANSWERS = Duration.ofSeconds(2);

  private final Set<ReplicaKey> awaited = ConcurrentHashMap.newKeySet();
  private final CountDownLatch heardAll = new CountDownLatch(1);
  private final EndpointPublisher endpoints;

  Recovery(EndpointPublisher endpoints, Set<ReplicaKey> awaited) {
    this.endpoints = endpoints;
    this.awaited.addAll(awaited);
    if (awaited.isEmpty()) {
      finish();
    }
  }

  /// The replica's agent spoke, or its row is over.
  void heard(ReplicaKey key) {
    if (awaited.remove(key) && awaited.isEmpty()) {
      finish();
    }
  }

  private void finish() {
    endpoints.complete();
    heardAll.countDown();
  }

  /// Waits for the reports, then has the provider asked about the silent ones, then goes on.
  ///
  /// @param ask has the provider asked about one replica
  void run(Consumer<ReplicaKey> ask) throws InterruptedException {
    if (!heardAll.await(REPORTS.toMillis(), TimeUnit.MILLISECONDS)) {
      Set.copyOf(awaited).forEach(ask);
      if (!heardAll.await(ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) {
        finish();
      }
    }
  }
}
