package io.fleetserve.provider.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlReader;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.ProviderSettingsException;
import io.fleetserve.provider.ProviderSettingsException.Flaw;
import io.fleetserve.provider.sim.cloud.CloudZone;
import io.fleetserve.provider.sim.cloud.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the provider's section of `config.yaml` may say.
final class SimSettingsTest {
  private static final Map<String, Object> ZONE =
      Map.of("east/east-a", Map.of("capacity", List.of(4, 0), "gap_seconds", 60));

  @TempDir Path folder;

  @Test
  void defaultsAreWhatTheDocumentationSays() {
    SimSettings settings = SimSettings.read(Map.of("zones", ZONE));

    assertThat(settings.speed()).isEqualTo(1);
    assertThat(settings.startMillis()).isZero();
    assertThat(settings.cloud().seed()).isEqualTo(1);
    assertThat(settings.cloud().launchMillis()).isEqualTo(30_000);
    assertThat(settings.cloud().launchJitter()).isZero();
    assertThat(settings.cloud().noticeMillis()).isEqualTo(120_000);
    assertThat(settings.cloud().listingDelayMillis()).isZero();
    assertThat(settings.cloud().quotas()).isEmpty();
    assertThat(settings.cloud().faults().refused().values()).allMatch(share -> share == 0);
    assertThat(settings.cloud().types()).extracting("name").containsExactly("v100");
    assertThat(settings.cloud().zones())
        .containsExactly(
            new CloudZone(
                "east", "east-a", new Timeline(60_000, List.of(4.0, 0.0)), Timeline.constant(1)));
  }

  @Test
  void everythingCanBeSaid() {
    SimSettings settings =
        read(
            """
            speed: 60
            start_hours: 2
            seed: 7
            launch_seconds: 1.5
            launch_jitter: 0.5
            notice_seconds: 0
            listing_delay_seconds: 3
            quotas: {east: 2}
            failures: {rate_limited: 0.1, answer_lost: 0.2, broken: 0.3}
            machines: {big: {cpus: 16, accelerators: {H100: 8}, price: 20}}
            zones: {east/east-a: {capacity: 4, spot_price: [1, 2.5]}}
            """);

    assertThat(settings.startMillis()).isEqualTo(7_200_000);
    assertThat(settings.cloud().launchMillis()).isEqualTo(1_500);
    assertThat(settings.cloud().quotas()).containsExactly(Map.entry("east", 2));
    assertThat(settings.cloud().faults().refused()).containsEntry(Category.RATE_LIMITED, 0.1);
    assertThat(settings.cloud().faults().answerLost()).isEqualTo(0.2);
    assertThat(settings.cloud().types().getFirst().accelerators()).containsEntry("H100", 8);
    assertThat(settings.cloud().types().getFirst().spotPrice()).isEqualTo(6);
    assertThat(settings.cloud().zones().getFirst().spotPrice().values()).containsExactly(1.0, 2.5);
  }

  @Test
  void tracesOfAFolderAreZones() throws IOException {
    trace("us-east-1f_v100_1.json", "{\"metadata\":{\"gap_seconds\":300},\"data\":[0,4]}");
    trace("europe-west4-a_a100.json", "{\"metadata\":{\"gap_seconds\":150},\"data\":[1]}");

    SimSettings settings = SimSettings.read(Map.of("traces", folder.toString()));

    assertThat(settings.cloud().zones())
        .extracting(zone -> zone.region() + " " + zone.name() + " " + zone.capacity().gapMillis())
        .containsExactly("europe-west4 europe-west4-a 150000", "us-east-1 us-east-1f 300000");
  }

  @Test
  void everyErrorIsToldWithItsPlace() throws IOException {
    trace("broken_1.json", "[]");

    assertThat(
            flaws(
                Map.of(
                    "sped", 3,
                    "launch_seconds", -1,
                    "seed", "x",
                    "failures", Map.of("rate_limited", 2),
                    "quotas", Map.of("mars", 1),
                    "traces", folder.toString(),
                    "zones", Map.of("East", 3, "e/e-a", Map.of("capacity", List.of(1, "many"))))))
        .containsExactlyInAnyOrder(
            "sped: unknown key (did you mean speed?)",
            "launch_seconds: -1 (expected: a number 0..86400)",
            "seed: x (expected: a whole number 0..9223372036854775807)",
            "failures.rate_limited: 2 (expected: a number 0..1)",
            "quotas.mars: mars (expected: one of )",
            "traces: "
                + folder.resolve("broken_1.json")
                + " (expected: {\"metadata\":{\"gap_seconds\":N},\"data\":[replicas,...]})",
            "zones.East: East (expected: region/zone in lower case, for example east/east-a)",
            "zones.e/e-a.capacity[1]: many (expected: a number 0..1000000)");
  }

  @Test
  void cloudWithoutZonesOrWithMoreFaultsThanCallsIsRefused() {
    assertThat(flaws(Map.of()))
        .containsExactly(
            ": has no zones (expected: zones: {region/zone: {capacity: 4}}, or traces)");
    assertThat(flaws(Map.of("zones", Map.of("e/e-a", Map.of()))))
        .containsExactly("zones.e/e-a: has neither (expected: capacity or trace)");
    assertThat(
            flaws(
                Map.of("zones", ZONE, "failures", Map.of("rate_limited", 0.75, "transient", 0.75))))
        .containsExactly("failures: 1.5 together (expected: at most 1 together)");
  }

  private static SimSettings read(String yaml) {
    YamlNode root = YamlReader.read(yaml).root();
    return root != null && root.plainValue() instanceof Map<?, ?> map
        ? SimSettings.read(Map.copyOf(keyed(map)))
        : fail(yaml);
  }

  private static Map<String, Object> keyed(Map<?, ?> map) {
    Map<String, Object> keyed = new HashMap<>();
    map.forEach((key, value) -> keyed.put(String.valueOf(key), value));
    return keyed;
  }

  private void trace(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  private static List<String> flaws(Map<String, Object> settings) {
    var thrown = new java.util.ArrayList<String>();
    assertThatThrownBy(() -> SimSettings.read(settings))
        .asInstanceOf(type(ProviderSettingsException.class))
        .satisfies(e -> {
          for (Flaw flaw : e.flaws()) {
            thrown.add(flaw.path() + ": " + flaw.message());
          }
        });
    return thrown;
  }
}
