package io.fleetserve.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.MachineFit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a host has, what is left of it, and what a wish takes.
final class PlacingTest {
  private static final long GIB = 1L << 30;

  private static Resources wish(double cpus, double memory, Map<String, Double> accelerators) {
    return new Resources(
        null,
        accelerators,
        amount(cpus),
        amount(memory),
        null,
        false,
        null,
        List.of(),
        null,
        Map.of());
  }

  private static Resources.@Nullable Amount amount(double value) {
    return value == 0 ? null : new Resources.Amount(value, true);
  }

  @Test
  void aHostIsFullWhenItsReplicasTakeAllOfSomething() {
    MachineFit size = new MachineFit(8, 32 * GIB, Map.of());
    Resources wish = wish(3, 4, Map.of());
    List<Reservation> taken = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Placing placing = new Placing(size, List.of(), taken);
      assertThat(placing.free().against(wish)).isEmpty();
      taken.add(placing.reserve("a" + i, "lab/h1", wish));
    }

    Placing full = new Placing(size, List.of(), taken);

    assertThat(full.free().cpus()).isEqualTo(2);
    assertThat(full.free().memoryBytes()).isEqualTo(24 * GIB);
    assertThat(full.free().against(wish)).containsExactly("has 2 CPUs (expected: >= 3)");
    assertThat(full.load()).isGreaterThan(0.75);
  }

  @Test
  void eachReplicaGetsAcceleratorsOfItsOwnAndOfTheRightModel() {
    List<String> models =
        List.of("NVIDIA L4", "NVIDIA H100 80GB HBM3", "NVIDIA H100 80GB HBM3", "NVIDIA L4");
    Map<String, Integer> counts = new LinkedHashMap<>();
    models.forEach(model -> counts.merge(model, 1, Integer::sum));
    MachineFit size = new MachineFit(8, 32 * GIB, counts);
    Resources one = wish(0, 0, Map.of("H100", 1.0));

    Reservation first = new Placing(size, models, List.of()).reserve("a1", "lab/h1", one);
    Reservation second = new Placing(size, models, List.of(first)).reserve("a2", "lab/h1", one);
    Placing rest = new Placing(size, models, List.of(first, second));

    assertThat(first.devices()).containsExactly(1);
    assertThat(second.devices()).containsExactly(2);
    assertThat(rest.free().against(one)).containsExactly("has 0 H100 (expected: >= 1)");
    assertThat(rest.reserve("a3", "lab/h1", wish(0, 0, Map.of("L4", 2.0))).devices())
        .containsExactly(0, 3);
  }

  @Test
  void withoutAWishTheNumberOfReplicasDecides() {
    MachineFit size = new MachineFit(2, GIB, Map.of());
    Placing empty = new Placing(size, List.of(), List.of());
    Reservation nothing = empty.reserve("a1", "lab/h1", wish(0, 0, Map.of()));

    assertThat(new Placing(size, List.of(), List.of(nothing)).load()).isGreaterThan(empty.load());
  }

  @Test
  void whatAHostTellsIsReadWhateverItsShellPrintsBefore() {
    HostFacts facts =
        HostFacts.parse(
            """
            Welcome to node1!
            architecture=x86_64
            home=/home/ml
            cpus=16
            memory_kib=65536
            free_kib=1024
            gpu=NVIDIA L4
            gpu=NVIDIA L4
            """);

    assertThat(facts)
        .isEqualTo(
            new HostFacts(
                "x86_64", "/home/ml", 16, 64L << 20, List.of("NVIDIA L4", "NVIDIA L4"), 1 << 20));
    assertThatThrownBy(() -> HostFacts.parse("architecture=x86_64\nhome=\n"))
        .hasMessage("the host did not tell its home");
    assertThatThrownBy(() -> HostFacts.parse("architecture=x\nhome=/\ncpus=many\n"))
        .hasMessage("cpus: many (expected: a whole number)");
  }

  @Test
  void reservationsOutliveTheirControllerAndDamagedOnesAreDropped(@TempDir Path folder)
      throws Exception {
    Reservation one = new Reservation("a1", "lab/h1", 2, GIB, Map.of("L4", 1), List.of(3), 40_001);
    Reservations first = new Reservations(folder);
    first.put(one);
    first.put(new Reservation("a2", "lab/h2", 0, 0, Map.of(), List.of(), 0));
    first.remove("a2");
    java.nio.file.Files.writeString(folder.resolve("a3.json"), "{\"attemptId\":");

    Reservations second = new Reservations(folder);

    assertThat(second.of("a1")).contains(one);
    assertThat(second.on("lab/h1")).containsExactly(one);
    assertThat(second.of("a2")).isEmpty();
    assertThat(second.of("a3")).isEmpty();
    assertThat(folder.resolve("a3.json")).doesNotExist();
  }
}
