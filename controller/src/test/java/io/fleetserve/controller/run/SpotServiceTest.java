package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.PlannedOffer;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceRequest;
import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.Offer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Services on spot machines of three zones, with a real store and machines that are threads.
final class SpotServiceTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String SKYSERVE =
      """
      readiness_probe: /health
      replica_policy: {min_replicas: 2, spot_placer: dynamic_fallback, dynamic_ondemand_fallback: true}
      """;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestFleet fleet;

  @SuppressWarnings("NullAway.Init")
  private FakeBalancer balancer;

  @BeforeEach
  void start() throws Exception {
    fleet = new TestFleet(folder.resolve("home"));
    fleet.provider.capabilities =
        new Capabilities(true, true, false, Duration.ofSeconds(1), Duration.ofMillis(50));
    fleet.provider.offers =
        List.of(
            offer("a", 1, true),
            offer("b", 1.1, true),
            offer("c", 1.2, true),
            offer("a", 3, false));
    fleet.restart();
    balancer = fleet.balancer();
  }

  @AfterEach
  void end() {
    balancer.close();
    fleet.close();
  }

  @Test
  void spotReplicasSpreadOverZonesAndTheFallbackLeavesWhenTheyServe() throws Exception {
    up("llm", SKYSERVE);

    awaitSpot("llm", 2);
    await().atMost(SOON).until(() -> live("llm").size() == 2);
    assertThat(live("llm")).extracting(ReplicaView::infra).doesNotHaveDuplicates();
    await().atMost(SOON).until(() -> fleet.view("llm").hourlyCost() == 2.1);
    assertThat(fleet.provider.created)
        .filteredOn(spec -> !spec.offer().spot())
        .as("on-demand replicas stand in while spot ones start")
        .isNotEmpty();
    assertThat(fleet.get("/events?service=llm").body()).contains("MixChanged");
    List<DecisionView> mixes =
        Stream.of(
                Json.MAPPER.readValue(
                    fleet.get("/services/llm/decisions?limit=200&replay=true").body(),
                    DecisionView[].class))
            .filter(decision -> decision.kind().equals("mix"))
            .toList();
    assertThat(mixes)
        .isNotEmpty()
        .allMatch(mix -> mix.rule().equals("dynamic_fallback"))
        .allSatisfy(mix ->
            assertThat(mix.replay()).isEqualTo(new DecisionView.ReplayView(true, List.of())));
  }

  @Test
  void aLostZoneIsReplacedElsewhereAndSaidToBePreempted() throws Exception {
    up("llm", SKYSERVE);
    awaitSpot("llm", 2);
    fleet.provider.soldOut.add("spot a");

    fleet.provider.preempt("a");

    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(live("llm"))
                .extracting(ReplicaView::infra)
                .containsExactlyInAnyOrder("local/home/b", "local/home/c"));
    assertThat(fleet.view("llm").replicas())
        .filteredOn(replica -> replica.infra().equals("local/home/a") && replica.spot())
        .extracting(ReplicaView::status)
        .contains(ReplicaStatus.PREEMPTED);
  }

  @Test
  void aReplicaThatOnlySawASignalIsPreemptedWhenItsProviderSaysSo() throws Exception {
    up("llm", SKYSERVE);
    awaitSpot("llm", 2);
    fleet.provider.soldOut.add("spot a");

    fleet.provider.preemptBySignal("a");

    await().atMost(SOON).until(() -> statusesIn("a").contains(ReplicaStatus.PREEMPTED));
    assertThat(fleet.get("/events?service=llm").body())
        .contains("PREEMPTED: the provider took its machine back")
        .doesNotContain("ReplicaFailed");
  }

  @Test
  void aServerThatEndsOnAMachineThatStaysHasFailed() throws Exception {
    up("llm", SKYSERVE);
    awaitSpot("llm", 2);

    fleet.provider.agents("llm").stream()
        .filter(agent -> agent.spec().offer().spot())
        .filter(agent -> "a".equals(agent.spec().offer().zone()))
        .forEach(agent -> agent.serverEnds("exited with 7: no such weights"));

    await().atMost(SOON).until(() -> statusesIn("a").contains(ReplicaStatus.FAILED));
    assertThat(fleet.get("/events?service=llm").body())
        .contains("FAILED: exited with 7: no such weights")
        .doesNotContain("PREEMPTED");
  }

  private List<ReplicaStatus> statusesIn(String zone) {
    return fleet.view("llm").replicas().stream()
        .filter(replica -> replica.spot() && replica.infra().equals("local/home/" + zone))
        .map(ReplicaView::status)
        .toList();
  }

  @Test
  void aNoticeBringsTheReplacementBeforeTheReplicaGoes() throws Exception {
    up("llm", SKYSERVE);
    awaitSpot("llm", 2);
    await().atMost(SOON).until(() -> live("llm").size() == 2);

    fleet.provider.announce("b", Instant.now().plusSeconds(600));

    await()
        .atMost(SOON)
        .until(() ->
            live("llm").stream().noneMatch(replica -> replica.infra().equals("local/home/b"))
                && fleet.view("llm").readyReplicas() >= 2);
    assertThat(fleet.get("/events?service=llm").body())
        .contains("ReplicaNoticed", "the provider takes its machine back", "others are ready")
        .doesNotContain("its requests must end");
  }

  @Test
  void theMixIsRememberedOverARestart() throws Exception {
    up("llm", SKYSERVE);
    awaitSpot("llm", 2);
    await().atMost(SOON).until(() -> live("llm").size() == 2);
    int created = fleet.provider.created.size();
    List<Integer> ids = live("llm").stream().map(ReplicaView::replicaId).toList();

    fleet.restart();

    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 2);
    await()
        .during(Duration.ofMillis(500))
        .atMost(SOON)
        .until(() ->
            live("llm").stream().map(ReplicaView::replicaId).toList().equals(ids)
                && fleet.provider.created.size() == created);
  }

  @Test
  void aPlanComparesEveryOfferAndSaysWhatTheMixCostsAtRest() throws Exception {
    Plan plan =
        Json.MAPPER.readValue(fleet.post("/plans", request("llm", SKYSERVE)).body(), Plan.class);

    assertThat(plan.infra()).isEqualTo("local/home/a, local/home/b");
    assertThat(plan.hourlyCost()).isEqualTo(2.1);
    assertThat(plan.offers())
        .extracting(PlannedOffer::infra, PlannedOffer::spot, PlannedOffer::replicas)
        .containsExactly(
            tuple("local/home/a", true, 1),
            tuple("local/home/b", true, 1),
            tuple("local/home/c", true, 0),
            tuple("local/home/a", false, 0));
    assertThat(plan.offers()).extracting(PlannedOffer::note).last().isEqualTo("not needed");
    assertThat(plan.reasons()).anyMatch(reason -> reason.startsWith("dynamic_fallback: "));
    assertThat(fleet.provider.created).isEmpty();
  }

  @Test
  void withoutAnyKeyTheMixIsHedgedAndOutlivesTheLossOfEveryZone() throws Exception {
    up("llm", "readiness_probe: /health\nreplicas: 2\n");
    awaitSpot("llm", 2);
    fleet.provider.soldOut.addAll(List.of("spot a", "spot b", "spot c"));

    for (String zone : List.of("a", "b", "c")) {
      fleet.provider.preempt(zone);
    }

    await()
        .atMost(SOON)
        .until(() ->
            live("llm").stream()
                    .filter(replica -> !replica.spot())
                    .filter(replica -> replica.status() == ReplicaStatus.READY)
                    .count()
                >= 2);
    assertThat(fleet.get("/events?service=llm").body()).contains("MixChanged", "a shortage within");
  }

  @Test
  void theOnDemandPolicyUsesNoSpotMachine() throws Exception {
    up("llm", "readiness_probe: /health\nreplicas: 2\nspot: {policy: ondemand}\n");

    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 2);
    assertThat(fleet.provider.created).noneMatch(spec -> spec.offer().spot());
  }

  @Test
  void whereNobodySellsSpotTheFileIsRefusedUnlessItSaysWhatStandsIn() throws Exception {
    fleet.provider.capabilities =
        new Capabilities(false, true, false, Duration.ZERO, Duration.ofMillis(50));
    fleet.provider.offers = List.of(offer("a", 3, false));

    HttpResponse<String> refused = up("plain", "readiness_probe: /health\nreplicas: 1\n");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("use_spot: true (expected: false)");

    assertThat(up("llm", SKYSERVE).statusCode()).isEqualTo(201);
    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 2);
    assertThat(live("llm")).noneMatch(ReplicaView::spot);
  }

  private HttpResponse<String> up(String name, String section) throws Exception {
    return fleet.post("/services", request(name, section));
  }

  private static ServiceRequest request(String name, String section) {
    SpecSource plain = TestFleet.file(name, section, "exec server").source();
    return new ServiceRequest(
        null,
        new SpecSource(
            plain.fileName(),
            plain.yaml() + "resources: {use_spot: true}\n",
            plain.baseFolder(),
            plain.envs(),
            plain.secrets()),
        null);
  }

  private void awaitSpot(String name, int ready) {
    await()
        .atMost(SOON)
        .until(() ->
            live(name).stream()
                    .filter(replica -> replica.spot() && replica.status() == ReplicaStatus.READY)
                    .count()
                == ready);
  }

  private List<ReplicaView> live(String name) {
    return fleet.view(name).replicas().stream()
        .filter(replica -> replica.status().isAlive())
        .toList();
  }

  private static Offer offer(String zone, double price, boolean spot) {
    return new Offer("local", "home", zone, "thread", "1 thread", price, spot);
  }
}
