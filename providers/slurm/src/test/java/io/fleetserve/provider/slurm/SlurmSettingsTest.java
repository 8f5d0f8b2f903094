package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.provider.ProviderSettingsException;
import io.fleetserve.provider.ProviderSettingsException.Flaw;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SlurmSettingsTest {
  @Test
  void defaultsArePinned() {
    SlurmSettings read = one(Map.of("local", true));

    assertThat(read.loopback()).isFalse();
    assertThat(read.folder()).isEqualTo("/tmp");
    assertThat(read.handover()).isEqualTo(Duration.ofMinutes(2));
    assertThat(read.notice()).isEqualTo(Duration.ofMinutes(2));
    assertThat(read.logs()).isEmpty();
    assertThat(read.agent()).isEmpty();
    assertThat(read.terms("any").orElseThrow().price()).isZero();
    assertThat(read.terms("any").orElseThrow().spot()).isEmpty();
  }

  @Test
  void partitionTakesFromItsClusterWhatItDoesNotSay() {
    SlurmSettings read =
        one(
            Map.of(
                "local",
                true,
                "account",
                "a",
                "price",
                2,
                "sbatch_options",
                Map.of("gpu_bind", "closest"),
                "partitions",
                Map.of(
                    "cheap", Map.of("price", 0.5, "spot", true, "notice", "30s", "qos", "low"))));

    SlurmSettings.Terms cheap = read.terms("cheap").orElseThrow();
    assertThat(cheap.price()).isEqualTo(0.5);
    assertThat(cheap.spot()).contains(true);
    assertThat(cheap.options())
        .containsEntry("account", "a")
        .containsEntry("qos", "low")
        .containsEntry("gpu-bind", "closest");
    assertThat(read.terms("other")).isEmpty();
    assertThat(read.notice()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void everythingWrongIsToldAtOnceWithItsPath() {
    assertThatThrownBy(() ->
            SlurmSettings.read(
                Map.of(
                    "clusters",
                    Map.of(
                        "c",
                        Map.of(
                            "rest", Map.of("url", "ftp://x", "api", "38"),
                            "ssh", Map.of("user", "me"),
                            "walltime", "soon",
                            "sbatch_options", Map.of("job_name", "mine"),
                            "prize", 3)))))
        .isInstanceOfSatisfying(
            ProviderSettingsException.class,
            e ->
                assertThat(e.flaws())
                    .extracting(Flaw::path)
                    .contains(
                        "clusters.c.rest",
                        "clusters.c.rest.url",
                        "clusters.c.rest.api",
                        "clusters.c.walltime",
                        "clusters.c.sbatch_options.job_name",
                        "clusters.c.prize"));
  }

  @Test
  void optionThatRestDoesNotKnowIsAnError() {
    Map<String, Object> rest = Map.of("url", "unix:///run/slurmrestd.sock", "user", "me");

    assertThatThrownBy(
            () -> one(Map.of("rest", rest, "sbatch_options", Map.of("gpu-bind", "closest"))))
        .hasMessageContaining("sbatch_options.gpu-bind")
        .hasMessageContaining("use ssh");
  }

  @Test
  void tokenIsNeededOverTheNetwork() {
    assertThatThrownBy(() -> one(Map.of("rest", Map.of("url", "https://head:6820", "user", "me"))))
        .hasMessageContaining("clusters.c.rest.token_file: missing");
  }

  @Test
  void noClusterIsAnError() {
    assertThatThrownBy(() -> SlurmSettings.read(Map.of()))
        .hasMessageContaining("clusters: missing");
  }

  private static SlurmSettings one(Map<String, Object> settings) {
    return List.copyOf(SlurmSettings.read(Map.of("clusters", Map.of("c", settings))).values())
        .getFirst();
  }
}
