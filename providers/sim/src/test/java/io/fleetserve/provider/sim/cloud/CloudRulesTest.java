package io.fleetserve.provider.sim.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance.State;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.SleepingServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the cloud decides, in simulated time.
final class CloudRulesTest {
  private static final MachineType TYPE = new MachineType("v100", 8, 61, Map.of("V100", 1), 3, 1);

  /// Zone a has room for 2, from 100 s on for 1, from 200 s on for 0, then again; b always for 9.
  private static final CloudSettings SETTINGS =
      new CloudSettings(
          1,
          List.of(
              new CloudZone(
                  "east", "a", new Timeline(100_000, List.of(2.0, 1.0, 0.0)), Timeline.constant(1)),
              new CloudZone("west", "b", Timeline.constant(9), Timeline.constant(2))),
          List.of(TYPE),
          Map.of("west", 3),
          20_000,
          0,
          60_000,
          5_000,
          Faults.NONE);

  private CloudRules rules = new CloudRules("sim", SETTINGS);
  private List<CloudInstance> all = new ArrayList<>();

  @Test
  void spotCallsAreGrantedUpToTheCapacityOfNow() {
    launch("a1", "a", true, 0);
    launch("a2", "a", true, 1);

    assertRefused(rules.create(all, order("a3", "a", true), 2), Category.CAPACITY_UNAVAILABLE, "a");
    assertThat(rules.create(all, order("a3", "a", false), 2))
        .isInstanceOf(CreateVerdict.Made.class);
    assertThat(rules.create(all, order("a3", "b", true), 2)).isInstanceOf(CreateVerdict.Made.class);
  }

  @Test
  void quotaCountsSpotAndOnDemandOfARegion() {
    launch("a1", "b", true, 0);
    launch("a2", "b", false, 0);
    launch("a3", "b", false, 0);

    assertRefused(rules.create(all, order("a4", "b", false), 1), Category.QUOTA_EXCEEDED, "west");
    assertThat(rules.create(all, order("a4", "a", false), 1))
        .isInstanceOf(CreateVerdict.Made.class);
  }

  @Test
  void sameAttemptIsMadeOnce() {
    CloudInstance made = launch("a1", "a", true, 0);

    assertThat(rules.create(all, order("a1", "a", true), 9))
        .isEqualTo(new CreateVerdict.Made(made, true));
  }

  @Test
  void unknownPlaceOrMachineIsAnInvalidRequest() {
    assertRefused(rules.create(all, order("a1", "mars", true), 0), Category.INVALID_REQUEST, null);
  }

  @Test
  void launchTakesItsTime() {
    launch("a1", "a", true, 1_000);

    assertThat(state(20_999, "a1")).isEqualTo(State.PENDING);
    assertThat(state(21_000, "a1")).isEqualTo(State.RUNNING);
  }

  @Test
  void newestIsGivenNoticeWhenCapacityFallsAndTakenWhenItIsOver() {
    launch("a1", "a", true, 0);
    launch("a2", "a", true, 10);
    launch("a3", "a", false, 20);

    all = rules.advance(all, 100_000);
    assertThat(preemptionOf("a1")).isNull();
    assertThat(preemptionOf("a2")).isEqualTo(160_000);
    assertThat(state(159_999, "a2")).isEqualTo(State.RUNNING);
    assertThat(state(160_000, "a2")).isEqualTo(State.PREEMPTED);

    all = rules.advance(all, 200_000);
    assertThat(preemptionOf("a1")).isEqualTo(260_000);
    assertThat(preemptionOf("a3")).isNull();
  }

  @Test
  void instanceWithANoticeLeavesItsRoomAndIsNotSpared() {
    launch("a1", "a", true, 0);
    launch("a2", "a", true, 10);
    all = rules.advance(all, 100_000);

    assertRefused(
        rules.create(all, order("a3", "a", true), 110_000), Category.CAPACITY_UNAVAILABLE, "a");
    all = rules.advance(all, 300_000); // capacity 2 again
    assertThat(all.get(1).state()).isEqualTo(State.PREEMPTED);
    assertThat(rules.create(all, order("a3", "a", true), 300_000))
        .isInstanceOf(CreateVerdict.Made.class);
  }

  @Test
  void withoutNoticeAnInstanceIsTakenAtOnceAlsoWhileItIsLaunched() {
    rules =
        new CloudRules(
            "sim",
            new CloudSettings(
                1, SETTINGS.zones(), List.of(TYPE), Map.of(), 20_000, 0, 0, 0, Faults.NONE));
    launch("a1", "a", true, 0);
    launch("a2", "a", true, 95_000);

    all = rules.advance(all, 100_000);

    assertThat(all)
        .extracting(CloudInstance::state)
        .containsExactly(State.RUNNING, State.PREEMPTED);
  }

  @Test
  void nextEventIsTheFirstThatCanHappen() {
    assertThat(rules.nextEvent(all, 50)).isEqualTo(Long.MAX_VALUE);
    launch("a1", "a", true, 0);
    launch("a2", "a", true, 1);

    assertThat(rules.nextEvent(all, 1)).isEqualTo(20_000);
    all = rules.advance(all, 21_000);
    assertThat(rules.nextEvent(all, 21_000)).isEqualTo(100_000);
    all = rules.advance(all, 100_000);
    assertThat(rules.nextEvent(all, 100_000)).isEqualTo(160_000);
  }

  @Test
  void faultsComeAsOftenAsWishedAndTheSameWaysForASeed() {
    CloudSettings faulty =
        SETTINGS.withFaults(
            new Faults(
                Map.of(Category.RATE_LIMITED, 0.25, Category.AUTH_FAILED, 0.25), 0.5, 0.5, 1));
    rules = new CloudRules("sim", faulty);

    List<String> first = fates();
    List<String> second = fates();

    assertThat(first).isEqualTo(second);
    assertThat(first.stream().filter("RATE_LIMITED"::equals).count()).isBetween(200L, 300L);
    assertThat(first.stream().filter("AUTH_FAILED"::equals).count()).isBetween(200L, 300L);
    assertThat(first.stream().filter("lost call"::equals).count()).isBetween(200L, 300L);
    assertThat(first.stream().filter("lost answer"::equals).count()).isBetween(200L, 300L);
  }

  private List<String> fates() {
    List<String> fates = new ArrayList<>();
    for (int id = 1; id <= 1000; id++) {
      fates.add(
          switch (rules.create(List.of(), order("n" + id, "a", false), 0)) {
            case CreateVerdict.Refused refused -> refused.error().category().name();
            case CreateVerdict.Lost lost -> "lost call";
            case CreateVerdict.Made made -> made.answered() ? "made" : "lost answer";
          });
    }
    return fates;
  }

  @Test
  void brokenLaunchFailsInsteadOfRunning() {
    rules = new CloudRules("sim", SETTINGS.withFaults(new Faults(Map.of(), 0, 0, 1)));
    launch("a1", "a", true, 0);

    assertThat(state(20_000, "a1")).isEqualTo(State.FAILED);
  }

  private CloudInstance launch(String attempt, String zone, boolean spot, long now) {
    CreateVerdict verdict = rules.create(all, order(attempt, zone, spot), now);
    assertThat(verdict).isInstanceOf(CreateVerdict.Made.class);
    CloudInstance made = ((CreateVerdict.Made) verdict).instance();
    all.add(made);
    return made;
  }

  private State state(long now, String attempt) {
    return rules.advance(all, now).stream()
        .filter(one -> one.attemptId().equals(attempt))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private @Nullable Long preemptionOf(String attempt) {
    return all.stream()
        .filter(one -> one.attemptId().equals(attempt))
        .findFirst()
        .orElseThrow()
        .preemptionMillis();
  }

  private static void assertRefused(
      CreateVerdict verdict, Category category, @Nullable String scope) {
    assertThat(verdict).isInstanceOf(CreateVerdict.Refused.class);
    assertThat(((CreateVerdict.Refused) verdict).error().category()).isEqualTo(category);
    assertThat(((CreateVerdict.Refused) verdict).error().scope()).isEqualTo(scope);
  }

  private static CreateSpec order(String attempt, String zone, boolean spot) {
    Ownership owner = new Ownership("inst", "svc", Integer.parseInt(attempt.substring(1)), 1);
    String region = zone.equals("b") ? "west" : "east";
    return new CreateSpec(
        attempt,
        owner,
        new Offer("sim", region, zone, "v100", "", 1, spot),
        SleepingServer.boot(owner, attempt),
        Instant.EPOCH);
  }
}
