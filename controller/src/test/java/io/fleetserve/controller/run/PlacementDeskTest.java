package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.decision.PlacementRecorder;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.home.ConfigReader;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.placement.Placed;
import io.fleetserve.controller.placement.Placement;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.run.SilentProviders.Shop;
import io.fleetserve.controller.store.JdbiStore;
import io.fleetserve.controller.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where replicas go while one of two providers is silent, late or full: in virtual time.
final class PlacementDeskTest {
  private static final ServiceSpec ANYWHERE = Specs.fixed(1).build();

  @TempDir Path folder;

  private final SilentProviders answers = new SilentProviders();
  private final Shop cheap = new Shop("cheap", 1);
  private final Shop dear = new Shop("dear", 2);

  @SuppressWarnings("NullAway.Init")
  private Store store;

  @SuppressWarnings("NullAway.Init")
  private Providers providers;

  @SuppressWarnings("NullAway.Init")
  private PlacementDesk desk;

  @BeforeEach
  void open() throws Exception {
    HomeFolder home = new HomeFolder(folder);
    home.create();
    Files.writeString(home.config(), "");
    store = new JdbiStore(home, 10);
    providers =
        Providers.open(
            List.of(cheap, dear),
            ConfigReader.read(home.config()),
            "inst",
            home,
            List.of(),
            List.of(),
            answers.clock);
    desk = new PlacementDesk(providers, store, answers.clock, answers, answers);
  }

  @AfterEach
  void close() {
    providers.close();
    store.close();
  }

  @Test
  void silentProviderHoldsUpNobodyForLongerThanItsPatience() {
    answers.silent.add("cheap");

    desk.learn(ANYWHERE, false);
    Placed placed = place(ANYWHERE);

    assertThat(desk.knows(ANYWHERE, false)).isTrue();
    assertThat(answers.waited).hasValue((int) OfferBook.PATIENCE.toMillis());
    assertThat(placed).isInstanceOf(Placed.On.class);
    assertThat(((Placed.On) placed).offer()).isEqualTo(dear.offer());
    assertThat(placed.reasons()).anyMatch(reason -> reason.startsWith("cheap: has not answered"));
    assertThat(desk.silence("cheap")).isPresent();
  }

  @Test
  void whatASilentProviderOfferedIsTakenWhenNothingElseFits() {
    ServiceSpec there = only("cheap");
    desk.learn(ANYWHERE, false);
    desk.learn(there, false);
    answers.silent.add("cheap");
    answers.clock.advance(Duration.ofMinutes(1));

    Placed anywhere = place(ANYWHERE);
    Placed onlyThere = place(there);

    assertThat(((Placed.On) anywhere).offer()).isEqualTo(dear.offer());
    assertThat(anywhere.reasons())
        .anyMatch(reason -> reason.startsWith("cheap: has not answered since"))
        .anyMatch(reason -> reason.contains("not asked again before"));
    assertThat(((Placed.On) onlyThere).offer()).isEqualTo(cheap.offer());
    assertThat(onlyThere.reasons()).last().asString().contains("nothing else is left");
  }

  @Test
  void nothingKnownOfASilentProviderIsNoFaultOfTheFile() {
    answers.silent.add("cheap");

    assertThat(place(only("cheap"))).isInstanceOf(Placed.Exhausted.class);
  }

  @Test
  void fileIsNotRefusedBeforeItsPlacesHaveAnswered() {
    cheap.late.addAll(List.of("cheap/h1: has not answered yet", "cheap/h1: has not answered yet"));

    Placed placed = desk.check(only("cheap"));

    assertThat(placed).isInstanceOf(Placed.On.class);
    assertThat(cheap.asked).hasValue(3);
  }

  @Test
  void fileThatFitsElsewhereDoesNotWait() {
    cheap.late.add("cheap/h1: has not answered yet");

    assertThat(desk.check(ANYWHERE)).isInstanceOf(Placed.On.class);
    assertThat(answers.waited).hasValue(0);
  }

  @Test
  void fileIsRefusedInTheEndWithWhatWasNotAnswered() {
    answers.silent.add("cheap");

    Placed placed = desk.check(only("cheap"));

    assertThat(placed).isInstanceOf(Placed.Exhausted.class);
    assertThat(placed.reasons()).anyMatch(reason -> reason.contains("has not answered"));
    assertThat(answers.waited.get())
        .isBetween(
            (int) PlacementDesk.FIRST_ANSWER.toMillis(),
            (int) PlacementDesk.FIRST_ANSWER.plusSeconds(1).toMillis());
  }

  @Test
  void fullPlaceIsNotWaitedForAndIsNoFaultOfTheFile() {
    cheap.full.add("cheap: has 0 H100 (expected: >= 1) free");

    assertThat(desk.check(only("cheap"))).isInstanceOf(Placed.Exhausted.class);
    assertThat(answers.waited).hasValue(0);
  }

  private Placed place(ServiceSpec spec) {
    PlacementRecorder.Inputs in = desk.inputs(spec, Wish.ON_DEMAND, Set.of());
    return Placement.choose(spec, in.wish(), in.candidates(), in.known());
  }

  private static ServiceSpec only(String provider) {
    return Specs.fixed(1)
        .resources(
            false,
            new Resources(
                provider, Map.of(), null, null, null, false, null, List.of(), null, Map.of()))
        .build();
  }
}
