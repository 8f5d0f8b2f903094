package io.fleetserve.testing.fakecloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.SleepingServer;
import io.fleetserve.provider.sim.cloud.CloudInstance;
import io.fleetserve.provider.sim.cloud.CloudSettings;
import io.fleetserve.provider.sim.cloud.Faults;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The faults a test can ask for, in virtual time.
final class FakeCloudTest implements MachineListener {
  private static final CloudSettings SETTINGS =
      new CloudSettings(
          1,
          List.of(Zones.zone("east", "east-a", 2)),
          List.of(Zones.V100),
          Map.of(),
          20_000,
          0,
          60_000,
          10_000,
          Faults.NONE);

  private final VirtualClock clock = new VirtualClock();
  private final FakeCloud cloud = new FakeCloud("fake", SETTINGS, clock, this);
  private final List<String> machines = new ArrayList<>();

  @Override
  public void started(CreateSpec order) {
    machines.add("+" + order.attemptId());
  }

  @Override
  public void ended(CreateSpec order) {
    machines.add("-" + order.attemptId());
  }

  @Test
  void launchTakesItsTimeAndListingsLagBehind() {
    InstanceRef ref = create("a1");

    assertThat(cloud.get(ref)).map(Instance::state).contains(Instance.State.PENDING);
    assertThat(cloud.list("inst")).isEmpty();
    clock.advance(Duration.ofSeconds(10));
    assertThat(cloud.list("inst")).hasSize(1);
    clock.advance(Duration.ofSeconds(10));
    assertThat(cloud.get(ref)).map(Instance::state).contains(Instance.State.RUNNING);
    assertThat(machines).containsExactly("+a1");
  }

  @Test
  void fallingCapacityTakesTheNewestAfterItsNotice() {
    create("a1");
    clock.advance(Duration.ofSeconds(30));
    InstanceRef newest = create("a2");
    clock.advance(Duration.ofSeconds(30));

    cloud.capacity("east-a", 1);
    assertThat(cloud.get(newest))
        .map(Instance::preemptionAt)
        .contains(clock.instant().plusSeconds(60));
    clock.advance(Duration.ofSeconds(60));
    cloud.advance();

    assertThat(cloud.get(newest)).map(Instance::state).contains(Instance.State.PREEMPTED);
    assertThat(machines).containsExactly("+a1", "+a2", "-a2");
  }

  @Test
  void oneInstanceCanBeTakenOrDeletedOrLoseItsAgent() {
    InstanceRef one = create("a1");
    InstanceRef other = create("a2");
    clock.advance(Duration.ofSeconds(20));

    cloud.preempt(one);
    assertThat(cloud.get(one)).map(Instance::preemptionAt).isPresent();
    cloud.killAgent(other);
    assertThat(cloud.get(other)).map(Instance::state).contains(Instance.State.FAILED);
    cloud.delete(other);
    assertThat(cloud.get(other)).isEmpty();
  }

  @Test
  void ambiguousCreatesSayNothingOfWhatWasMade() {
    cloud.failCreates(
        new CreateFault.LoseTheAnswer(),
        new CreateFault.LoseTheCall(),
        new CreateFault.ThrowAfterwards(),
        CreateFault.Refuse.of(Category.RATE_LIMITED, null));

    assertThat(cloud.create(order("a1"))).isInstanceOf(CreateOutcome.Unknown.class);
    assertThat(cloud.create(order("a2"))).isInstanceOf(CreateOutcome.Unknown.class);
    assertThatThrownBy(() -> cloud.create(order("a3"))).isInstanceOf(ProviderException.class);
    assertThat(cloud.create(order("a4"))).isInstanceOf(CreateOutcome.Rejected.class);

    assertThat(cloud.instances()).extracting(CloudInstance::attemptId).containsExactly("a1", "a3");
    assertThat(cloud.created()).hasSize(4);
  }

  @Test
  void listingsAndTerminatesBreakAsOftenAsWished() {
    InstanceRef ref = create("a1");
    cloud.breakListings(1);
    cloud.breakTerminates(1);

    assertThatThrownBy(() -> cloud.list("inst")).isInstanceOf(ProviderException.class);
    assertThatThrownBy(() -> cloud.terminate(ref)).isInstanceOf(ProviderException.class);
    assertThat(cloud.get(ref)).isPresent();

    cloud.terminate(ref);
    assertThat(cloud.get(ref)).isEqualTo(Optional.empty());
    assertThat(cloud.list("inst")).isEmpty();
  }

  private InstanceRef create(String attempt) {
    CreateOutcome outcome = cloud.create(order(attempt));
    assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
    return ((CreateOutcome.Accepted) outcome).ref();
  }

  private static CreateSpec order(String attempt) {
    Ownership owner = new Ownership("inst", "svc", Integer.parseInt(attempt.substring(1)), 1);
    return new CreateSpec(
        attempt,
        owner,
        new Offer("fake", "east", "east-a", "v100", "", 1, true),
        SleepingServer.boot(owner, attempt),
        Instant.EPOCH);
  }
}
