package io.fleetserve.loadbalancer.warmup;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// How many requests were answered, and how many are enough. Thread-safe.
final class WarmRequests {
  private final int enough;
  private final AtomicInteger answered = new AtomicInteger();
  private final CountDownLatch done = new CountDownLatch(1);

  WarmRequests(int enough) {
    this.enough = enough;
  }

  /// One more; false when that is enough.
  boolean next() {
    if (answered.incrementAndGet() < enough) {
      return true;
    }
    done.countDown();
    return false;
  }

  int answered() {
    return answered.get();
  }

  void await(Duration limit) throws InterruptedException {
    var _ = done.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
