package io.fleetserve.provider.sim;

import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.sim.cloud.SimulatedCloud;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A simulated cloud that goes on by itself while it is open: a thread wakes up when something is
/// due, and after each call that makes something. While it is closed nothing starts and nothing is
/// taken; what was due meanwhile happens when it is opened again. Thread-safe.
final class RunningCloud implements InstanceProvider {
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
  private static final System.Logger LOG = System.getLogger(RunningCloud.class.getName());

  private final SimulatedCloud cloud;
  private final Semaphore news = new Semaphore(0);
  private final Thread thread;

  RunningCloud(SimulatedCloud cloud) {
    this.cloud = cloud;
    this.thread = Thread.ofVirtual().name("simulated-cloud").start(this::run);
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Duration sleep =
            advance().filter(due -> due.compareTo(LONGEST_SLEEP) < 0).orElse(LONGEST_SLEEP);
        if (news.tryAcquire(Math.max(1, sleep.toMillis()), TimeUnit.MILLISECONDS)) {
          news.drainPermits();
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Duration> advance() {
    try {
      return cloud.advance();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "the simulated cloud does not go on", e);
      return Optional.empty();
    }
  }

  @Override
  public String name() {
    return cloud.name();
  }

  @Override
  public Capabilities capabilities() {
    return cloud.capabilities();
  }

  @Override
  public List<Offer> offers(OfferQuery query) {
    return cloud.offers(query);
  }

  @Override
  public List<Place> places() {
    return cloud.places();
  }

  @Override
  public CreateOutcome create(CreateSpec order) {
    CreateOutcome outcome = cloud.create(order);
    news.release();
    return outcome;
  }

  @Override
  public Optional<Instance> get(InstanceRef ref) {
    return cloud.get(ref);
  }

  @Override
  public List<Instance> list(String installationId) {
    return cloud.list(installationId);
  }

  @Override
  public void terminate(InstanceRef ref) {
    cloud.terminate(ref);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(LONGEST_SLEEP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
