package io.fleetserve.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.spec.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every provider must do. A provider's test extends it and says how to open the provider.
///
/// Each test makes instances under an installation id of its own and ends all of them; what a test
/// leaves behind fails it.
public abstract class InstanceProviderConformance {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  /// Differs between runs, so that a shared place may hold what a killed run left.
  private final String installation =
      "conformance" + ProcessHandle.current().pid() + "x" + COUNTER.incrementAndGet();

  /// Opens the provider. Each call gives a new object over the same place, as a restart would.
  protected abstract InstanceProvider open(String installationId);

  /// Opens the provider over the same place so that a create call is refused for sure.
  protected abstract InstanceProvider openRefusing(String installationId);

  /// Longest time until a change shows up in [InstanceProvider#get] and [InstanceProvider#list].
  protected Duration settle() {
    return Duration.ofSeconds(20);
  }

  @AfterEach
  public final void endsEverythingItMade() {
    try (InstanceProvider provider = open(installation)) {
      provider.list(installation).forEach(instance -> provider.terminate(instance.ref()));
      awaitListed(provider, Set.of());
    }
  }

  @Test
  public void createdInstanceIsRunningAndListedUntilItIsTerminated() {
    try (InstanceProvider provider = open(installation)) {
      InstanceRef ref = create(provider, "svc", 1);

      await()
          .atMost(settle())
          .until(() -> state(provider, ref).equals(Optional.of(Instance.State.RUNNING)));
      assertThat(listed(provider)).containsExactly(ref);

      provider.terminate(ref);

      awaitGone(provider, ref);
      awaitListed(provider, Set.of());
    }
  }

  @Test
  public void refNamesTheProvider() {
    try (InstanceProvider provider = open(installation)) {
      assertThat(create(provider, "svc", 1).provider()).isEqualTo(provider.name());
    }
  }

  @Test
  public void ownershipAndAttemptComeBackFromGetAndList() {
    try (InstanceProvider provider = open(installation)) {
      CreateSpec spec = spec(provider, "a-b.c_d", 17, 4);
      InstanceRef ref = accepted(provider.create(spec));

      Instance got = provider.get(ref).orElseThrow();
      Instance listed = provider.list(installation).getFirst();

      for (Instance instance : List.of(got, listed)) {
        assertThat(instance.ref()).isEqualTo(ref);
        assertThat(instance.ownership()).isEqualTo(spec.ownership());
        assertThat(instance.attemptId()).isEqualTo(spec.attemptId());
        assertThat(instance.createdAt())
            .isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now().plusSeconds(60));
      }
    }
  }

  @Test
  public void placesAreNamedAsInAServiceFileAndTellWhichAttemptsTheyHold() {
    try (InstanceProvider provider = open(installation)) {
      CreateSpec spec = spec(provider, "svc", 1, 1);
      InstanceRef ref = accepted(provider.create(spec));

      List<Place> places = provider.places();

      String name = provider.name();
      assertThat(places)
          .allMatch(place -> place.infra().equals(name) || place.infra().startsWith(name + "/"))
          .anyMatch(Place::usable)
          .allMatch(InstanceProviderConformance::hasNoMoreFreeThanThereIs);
      await().atMost(settle()).untilAsserted(() -> assertThat(holding(provider, spec)).hasSize(1));

      provider.terminate(ref);

      await().atMost(settle()).untilAsserted(() -> assertThat(holding(provider, spec)).isEmpty());
    }
  }

  private static boolean hasNoMoreFreeThanThereIs(Place place) {
    MachineFit size = place.size();
    MachineFit free = place.free();
    return free == null
        || (size != null
            && free.cpus() <= size.cpus()
            && free.memoryBytes() <= size.memoryBytes()
            && free.accelerators().entrySet().stream()
                .allMatch(
                    each -> each.getValue() <= size.accelerators().getOrDefault(each.getKey(), 0)));
  }

  private static List<Place> holding(InstanceProvider provider, CreateSpec spec) {
    return provider.places().stream()
        .filter(place -> place.attempts().contains(spec.attemptId()))
        .toList();
  }

  @Test
  public void sameAttemptTwiceMakesOneInstance() {
    try (InstanceProvider provider = open(installation)) {
      CreateSpec spec = spec(provider, "svc", 1, 1);

      InstanceRef first = accepted(provider.create(spec));
      CreateOutcome second = provider.create(spec);

      if (second instanceof CreateOutcome.Accepted(InstanceRef ref)) {
        assertThat(ref).isEqualTo(first);
      }
      assertThat(listed(provider)).containsExactly(first);
    }
  }

  @Test
  public void attemptsAreDifferentInstances() {
    try (InstanceProvider provider = open(installation)) {
      InstanceRef one = create(provider, "svc", 1);
      InstanceRef two = create(provider, "svc", 2);
      InstanceRef other = create(provider, "other", 1);

      assertThat(Set.of(one, two, other)).hasSize(3);
      assertThat(listed(provider)).containsExactlyInAnyOrder(one, two, other);

      provider.terminate(two);

      awaitGone(provider, two);
      awaitListed(provider, Set.of(one, other));
    }
  }

  @Test
  public void concurrentCreatesAreAllListed() throws Exception {
    try (InstanceProvider provider = open(installation);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<InstanceRef>> creates = new ArrayList<>();
      for (int replica = 1; replica <= 8; replica++) {
        int id = replica;
        creates.add(threads.submit(() -> create(provider, "svc", id)));
      }
      Set<InstanceRef> made = new HashSet<>();
      for (Future<InstanceRef> create : creates) {
        made.add(create.get());
      }

      assertThat(made).hasSize(8);
      assertThat(listed(provider)).containsExactlyInAnyOrderElementsOf(made);
    }
  }

  @Test
  public void listHoldsOnlyTheInstallationsOwn() {
    String stranger = installation + "other";
    try (InstanceProvider provider = open(installation);
        InstanceProvider strangers = open(stranger)) {
      InstanceRef mine = create(provider, "svc", 1);
      CreateSpec spec = spec(strangers, "svc", 2, 1);
      Ownership owner = new Ownership(stranger, "svc", 2, 1);
      InstanceRef theirs =
          accepted(
              strangers.create(
                  new CreateSpec(
                      spec.attemptId(),
                      owner,
                      spec.offer(),
                      spec.resources(),
                      SleepingServer.boot(owner, spec.attemptId()),
                      spec.deadline())));
      try {
        assertThat(listed(provider)).containsExactly(mine);
        assertThat(strangers.list(stranger)).extracting(Instance::ref).containsExactly(theirs);
      } finally {
        strangers.terminate(theirs);
        awaitGone(strangers, theirs);
      }
    }
  }

  @Test
  public void reopenedProviderSeesAndEndsEverything() {
    InstanceRef one;
    InstanceRef two;
    try (InstanceProvider provider = open(installation)) {
      one = create(provider, "svc", 1);
      two = create(provider, "svc", 2);
    }

    try (InstanceProvider provider = open(installation)) {
      assertThat(listed(provider)).containsExactlyInAnyOrder(one, two);
      assertThat(provider.get(one)).isPresent();

      provider.terminate(one);
      provider.terminate(two);

      awaitGone(provider, one);
      awaitGone(provider, two);
      awaitListed(provider, Set.of());
    }
  }

  @Test
  public void terminatingTwiceIsHarmless() {
    try (InstanceProvider provider = open(installation)) {
      InstanceRef ref = create(provider, "svc", 1);
      InstanceRef other = create(provider, "svc", 2);

      provider.terminate(ref);
      assertThatCode(() -> provider.terminate(ref)).doesNotThrowAnyException();
      awaitGone(provider, ref);
      assertThatCode(() -> provider.terminate(ref)).doesNotThrowAnyException();

      assertThat(listed(provider)).containsExactly(other);
    }
  }

  @Test
  public void concurrentTerminatesOfOneInstanceAllSucceed() throws Exception {
    try (InstanceProvider provider = open(installation);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      InstanceRef ref = create(provider, "svc", 1);
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        ends.add(threads.submit(() -> provider.terminate(ref)));
      }
      for (Future<?> end : ends) {
        end.get();
      }

      awaitGone(provider, ref);
    }
  }

  @Test
  public void terminatingWhatNeverWasIsSuccess() {
    try (InstanceProvider provider = open(installation)) {
      InstanceRef ref = create(provider, "svc", 1);
      provider.terminate(ref);
      awaitGone(provider, ref);

      InstanceRef never = new InstanceRef(ref.provider(), ref.id() + "0");
      assertThat(provider.get(never)).isEmpty();
      assertThatCode(() -> provider.terminate(never)).doesNotThrowAnyException();
    }
  }

  @Test
  public void refusedCreateLeavesNothing() {
    try (InstanceProvider provider = openRefusing(installation)) {
      CreateOutcome outcome = provider.create(spec(provider, "svc", 1, 1));

      assertThat(outcome).isInstanceOf(CreateOutcome.Rejected.class);
      assertThat(((CreateOutcome.Rejected) outcome).error().message()).isNotBlank();
      assertThat(provider.list(installation)).isEmpty();
    }
  }

  @Test
  public void refusedReplicaCanBeMadeByTheNextAttempt() {
    try (InstanceProvider refusing = openRefusing(installation);
        InstanceProvider provider = open(installation)) {
      assertThat(refusing.create(spec(refusing, "svc", 1, 1)))
          .isInstanceOf(CreateOutcome.Rejected.class);

      InstanceRef ref = create(provider, "svc", 1);

      assertThat(listed(provider)).containsExactly(ref);
    }
  }

  @Test
  public void impossibleWishHasNoOfferAndAReason() {
    List<String> reasons = new ArrayList<>();
    try (InstanceProvider provider = open(installation)) {
      Resources wish =
          new Resources(
              null,
              Map.of(),
              new Resources.Amount(1_000_000, true),
              null,
              null,
              false,
              null,
              List.of(),
              null,
              Map.of());

      await()
          .atMost(settle())
          .untilAsserted(() -> {
            reasons.clear();
            assertThat(provider.offers(new OfferQuery(wish, 1, reasons::add))).isEmpty();
            assertThat(reasons).isNotEmpty().allMatch(reason -> reason.contains("1000000"));
          });
    }
  }

  /// A wish for nothing in particular.
  protected static Resources anything() {
    return new Resources(null, Map.of(), null, null, null, false, null, List.of(), null, Map.of());
  }

  /// A create call of a new attempt.
  protected final CreateSpec spec(
      InstanceProvider provider, String service, int replicaId, int generation) {
    String attempt = "a" + Long.toString(System.nanoTime(), 36) + "n" + COUNTER.incrementAndGet();
    Ownership owner = new Ownership(installation, service, replicaId, generation);
    Offer offer =
        await("an offer for a wish for nothing in particular")
            .atMost(settle())
            .until(
                () -> provider.offers(new OfferQuery(anything(), 1, reason -> {})),
                offers -> !offers.isEmpty())
            .getFirst();
    return new CreateSpec(
        attempt,
        owner,
        offer,
        anything(),
        SleepingServer.boot(owner, attempt),
        Instant.now().plusSeconds(30));
  }

  private InstanceRef create(InstanceProvider provider, String service, int replicaId) {
    return accepted(provider.create(spec(provider, service, replicaId, 1)));
  }

  private static InstanceRef accepted(CreateOutcome outcome) {
    assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
    return ((CreateOutcome.Accepted) outcome).ref();
  }

  private List<InstanceRef> listed(InstanceProvider provider) {
    return provider.list(installation).stream().map(Instance::ref).toList();
  }

  private static Optional<Instance.State> state(InstanceProvider provider, InstanceRef ref) {
    return provider.get(ref).map(Instance::state);
  }

  private void awaitGone(InstanceProvider provider, InstanceRef ref) {
    await()
        .atMost(settle())
        .until(() ->
            state(provider, ref).isEmpty()
                || state(provider, ref).equals(Optional.of(Instance.State.TERMINATED)));
  }

  private void awaitListed(InstanceProvider provider, Set<InstanceRef> refs) {
    await().atMost(settle()).until(() -> Set.copyOf(listed(provider)).equals(refs));
  }
}
