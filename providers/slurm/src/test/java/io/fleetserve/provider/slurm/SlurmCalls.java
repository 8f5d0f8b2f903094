package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import java.time.Duration;

/// Calls of a provider over the real cluster that have to succeed.
final class SlurmCalls {
  static final String SLEEPS = "exec sleep 1000";
  static final Duration LONG = Duration.ofSeconds(40);

  private SlurmCalls() {}

  static InstanceRef running(SlurmProvider provider, CreateSpec spec) {
    InstanceRef ref = accepted(provider.create(spec));
    await().atMost(LONG).until(() -> get(provider, ref).state() == Instance.State.RUNNING);
    return ref;
  }

  static InstanceRef accepted(CreateOutcome outcome) {
    assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
    return ((CreateOutcome.Accepted) outcome).ref();
  }

  static Instance get(SlurmProvider provider, InstanceRef ref) {
    return provider.get(ref).orElseThrow();
  }

  /// Ends all jobs of an installation.
  static void end(SlurmProvider provider, String installation) {
    provider.list(installation).forEach(instance -> provider.terminate(instance.ref()));
    await().atMost(LONG).until(() -> provider.list(installation).isEmpty());
  }
}
