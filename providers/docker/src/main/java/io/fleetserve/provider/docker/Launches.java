package io.fleetserve.provider.docker;

import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Containers whose image is being pulled first. A pull may take long, so a create call waits a
/// little for it and then says that the container is being made. Thread-safe.
final class Launches implements AutoCloseable {
  /// A refusal that comes within it is the answer of the create call itself.
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Engine engine;
  private final RegistryLogin login;
  private final Clock clock;
  private final Map<String, Launch> launches = new ConcurrentHashMap<>();

  Launches(Engine engine, RegistryLogin login, Clock clock) {
    this.engine = engine;
    this.login = login;
    this.clock = clock;
  }

  /// One that is under way, or has failed.
  static final class Launch {
    private final CreateSpec spec;
    private final ImagePull pull;
    private final Instant createdAt;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable CreateOutcome outcome;

    private Launch(CreateSpec spec, ImagePull pull, Instant createdAt) {
      this.spec = spec;
      this.pull = pull;
      this.createdAt = createdAt;
    }

    String attemptId() {
      return spec.attemptId();
    }

    Ownership owner() {
      return spec.ownership();
    }

    Instance instance(InstanceRef ref) {
      ProviderError failure =
          switch (outcome) {
            case null -> null;
            case CreateOutcome.Accepted accepted -> null;
            case CreateOutcome.Rejected(ProviderError error) -> error;
            case CreateOutcome.Unknown(ProviderError error) -> error;
          };
      return new Instance(
          ref,
          spec.ownership(),
          spec.attemptId(),
          failure == null ? Instance.State.PENDING : Instance.State.FAILED,
          createdAt,
          null,
          failure,
          failure == null ? pull.toString() : "not made");
    }
  }

  /// Pulls the image, then makes the container by `start`, on a thread of its own.
  CreateOutcome pullAndStart(
      CreateSpec spec, String image, InstanceRef ref, Supplier<CreateOutcome> start) {
    Launch launch = new Launch(spec, new ImagePull(image), clock.instant());
    if (launches.putIfAbsent(ref.id(), launch) != null) {
      return new CreateOutcome.Accepted(ref);
    }
    Thread.ofVirtual().name("pull").start(() -> run(launch, image, ref, start));
    try {
      boolean ended = launch.ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      CreateOutcome outcome = launch.outcome;
      if (ended && outcome != null) {
        launches.remove(ref.id());
        return outcome;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new CreateOutcome.Accepted(ref);
  }

  private void run(Launch launch, String image, InstanceRef ref, Supplier<CreateOutcome> start) {
    CreateOutcome outcome = new CreateOutcome.Rejected(cancelled(image));
    try {
      engine.pull(image, login.header(image), launch.pull::progress);
      if (!launch.pull.cancelled()) {
        outcome = start.get();
      }
      if (launch.pull.cancelled()) {
        engine.remove(ref.id()); // its end was asked for while it was made
      }
    } catch (EngineException e) {
      outcome = new CreateOutcome.Rejected(EngineErrors.of(e, "pull " + image));
    } catch (IOException | RuntimeException e) {
      outcome =
          new CreateOutcome.Rejected(
              EngineErrors.error(Category.TRANSIENT, "pull " + image + ": " + e.getMessage()));
    } finally {
      launch.outcome = outcome;
      launch.ended.countDown();
      if (outcome instanceof CreateOutcome.Accepted || launch.pull.cancelled()) {
        launches.remove(ref.id(), launch);
      }
    }
  }

  private static ProviderError cancelled(String image) {
    return EngineErrors.error(Category.TRANSIENT, "pull " + image + ": not wanted any more");
  }

  Optional<Launch> find(String attemptId) {
    return Optional.ofNullable(launches.get(ContainerMark.name(attemptId)));
  }

  Optional<Launch> find(InstanceRef ref) {
    return Optional.ofNullable(launches.get(ref.id()));
  }

  Collection<Launch> all() {
    return List.copyOf(launches.values());
  }

  void cancel(InstanceRef ref) {
    find(ref).ifPresent(launch -> launch.pull.cancel());
  }

  void forget(InstanceRef ref) {
    launches.remove(ref.id());
  }

  @Override
  public void close() {
    launches.values().forEach(launch -> launch.pull.cancel());
  }
}
