package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.sim.cloud.CloudInstance;
import io.fleetserve.provider.sim.cloud.CloudSettings;
import io.fleetserve.provider.sim.cloud.Faults;
import io.fleetserve.testing.fakecloud.CreateFault;
import io.fleetserve.testing.fakecloud.FakeCloud;
import io.fleetserve.testing.fakecloud.MachineListener;
import io.fleetserve.testing.fakecloud.Zones;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cloud that loses calls and answers, lists late, takes back and forgets: in the end there are
/// as many instances as wanted, each known, and none beside them.
final class CloudFaultsTest implements MachineListener {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String TWO = "readiness_probe: /health\nreplicas: 2\n";

  /// A new instance is missing in listings for a moment, and gets no notice.
  private static final CloudSettings SETTINGS =
      new CloudSettings(
          1,
          List.of(Zones.zone("east", "east-a", 9), Zones.zone("west", "west-a", 9)),
          List.of(Zones.V100),
          Map.of(),
          0,
          0,
          0,
          300,
          Faults.NONE);

  @TempDir Path folder;

  private final Map<String, FakeAgent> agents = new ConcurrentHashMap<>();
  private final FakeCloud cloud = new FakeCloud("fake", SETTINGS, Clock.systemUTC(), this);

  @SuppressWarnings("NullAway.Init")
  private TestFleet fleet;

  @SuppressWarnings("NullAway.Init")
  private FakeBalancer balancer;

  @BeforeEach
  void start() throws Exception {
    fleet =
        new TestFleet(
            folder.resolve("home"),
            "load_balancer: {first_port: " + TestFleet.freePort() + ", shared_port: 0}\n",
            cloud);
    balancer = fleet.balancer();
  }

  @AfterEach
  void end() {
    agents.values().forEach(FakeAgent::kill);
    balancer.close();
    fleet.close();
  }

  @Override
  public void started(CreateSpec order) {
    FakeAgent agent = new FakeAgent(order, FakeAgent.Behaviour.READY);
    agents.put(order.attemptId(), agent);
    agent.start();
  }

  @Override
  public void ended(CreateSpec order) {
    FakeAgent agent = agents.remove(order.attemptId());
    if (agent != null) {
      agent.kill();
    }
  }

  @Test
  void answerThatGetsLostIsFoundByListingAndNotAskedForAgain() throws Exception {
    cloud.failCreates(new CreateFault.LoseTheAnswer(), new CreateFault.ThrowAfterwards());

    fleet.up("llm", TWO);

    awaitExactly(2);
    assertThat(cloud.created()).hasSize(2);
  }

  /// What a call makes at its end is listed later still: counted from the beginning of the call,
  /// the time to wait for it would be over by then.
  @Test
  void instanceOfACallThatHungIsWaitedForFromTheEndOfTheCall() throws Exception {
    cloud.failCreates(new CreateFault.MakeLate(cloud.capabilities().settle().plusMillis(200)));

    fleet.up("llm", "readiness_probe: /health\nreplicas: 1\n");

    awaitExactly(1);
    assertThat(cloud.created()).hasSize(1);
  }

  @Test
  void callThatGetsLostIsReplacedOnceItIsSureThatNothingWasMade() throws Exception {
    cloud.failCreates(new CreateFault.LoseTheCall());

    fleet.up("llm", TWO);

    awaitExactly(2);
    assertThat(cloud.created()).extracting(CreateSpec::attemptId).doesNotHaveDuplicates();
  }

  @Test
  void refusalsOfAnyKindThatCanPassLeadElsewhereOrAreTriedAgain() throws Exception {
    cloud.failCreates(
        CreateFault.Refuse.of(Category.RATE_LIMITED, "east"),
        CreateFault.Refuse.of(Category.QUOTA_EXCEEDED, "west"),
        CreateFault.Refuse.of(Category.TRANSIENT, null));

    fleet.up("llm", TWO);

    awaitExactly(2);
  }

  @Test
  void instanceThatIsTakenWhileItDrainsIsReplaced() throws Exception {
    fleet.up("llm", TWO);
    awaitExactly(2);
    InstanceRef first = ref(cloud.instances(), 1);
    balancer.inFlight = 1; // nothing ends its drain but its end
    await().atMost(SOON).until(() -> fleet.view("llm").inFlight() >= 1);
    fleet.delete("/services/llm/replicas/1");
    await()
        .atMost(SOON)
        .until(() ->
            fleet.view("llm").replicas().stream()
                .anyMatch(replica -> replica.status() == ReplicaStatus.DRAINING));

    cloud.preempt(first);

    await().atMost(SOON).until(() -> cloud.get(first).isEmpty());
    balancer.inFlight = 0;
    awaitExactly(2);
  }

  @Test
  void instancesThatAreTakenOrDeletedBehindOurBackAreReplaced() throws Exception {
    fleet.up("llm", TWO);
    awaitExactly(2);
    List<CloudInstance> before = cloud.instances();

    cloud.preempt(ref(before, 1));
    cloud.delete(ref(before, 2));

    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(cloud.instances())
                .extracting(CloudInstance::attemptId)
                .doesNotContainAnyElementsOf(
                    before.stream().map(CloudInstance::attemptId).toList()));
    awaitExactly(2);
  }

  @Test
  void endThatFailsIsTriedAgainUntilNothingIsLeft() throws Exception {
    fleet.up("llm", TWO);
    awaitExactly(2);
    cloud.breakTerminates(2);

    fleet.delete("/services/llm");

    await().atMost(SOON).until(() -> !fleet.exists("llm"));
    assertThat(cloud.instances()).isEmpty();
    assertThat(agents).isEmpty();
  }

  @Test
  void brokenListingsAndStrangersChangeNothingOverARestart() throws Exception {
    fleet.up("llm", TWO);
    awaitExactly(2);
    CreateSpec known = cloud.created().getFirst();
    cloud.create(
        new CreateSpec(
            "foreign",
            new Ownership("another", "llm", 1, 1),
            known.offer(),
            known.resources(),
            known.boot(),
            known.deadline()));
    cloud.breakListings(2);
    List<CloudInstance> before = cloud.instances();

    fleet.restart();

    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 2);
    assertThat(cloud.instances()).isEqualTo(before);
  }

  /// So many ready replicas, and not one instance more.
  private void awaitExactly(int count) {
    await()
        .atMost(SOON)
        .until(
            () -> fleet.view("llm").readyReplicas() == count && cloud.instances().size() == count);
  }

  private static InstanceRef ref(List<CloudInstance> instances, int replicaId) {
    return instances.stream()
        .filter(one -> one.order().ownership().replicaId() == replicaId)
        .map(one -> new InstanceRef("fake", "i-" + one.attemptId()))
        .findFirst()
        .orElseThrow();
  }
}
