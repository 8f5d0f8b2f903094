package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files as people write them, with what is understood, in `documented-files.txt`.
final class DocumentedFilesTest {
  record Case(String title, String yaml, String summary) {
    @Override
    public String toString() {
      return title;
    }
  }

  static List<Case> cases() throws IOException {
    try (InputStream in = DocumentedFilesTest.class.getResourceAsStream("documented-files.txt")) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(all.split("(?m)^### "))
          .filter(part -> !part.isEmpty())
          .map(part -> {
            String[] halves = part.split(">>>\n", 2);
            String[] titleAndYaml = halves[0].split("\n", 2);
            return new Case(titleAndYaml[0], titleAndYaml[1], halves[1].strip());
          })
          .toList();
    }
  }

  static List<String> files() throws IOException {
    return cases().stream().map(Case::yaml).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isUnderstood(Case file) {
    assertThat(summary(Specs.read(file.yaml(), Map.of("HF", "x"), Map.of())))
        .isEqualTo(file.summary());
  }

  private static String summary(ServiceSpec spec) {
    ServiceSection service = spec.service();
    ReplicaPolicy policy = service.replicaPolicy();
    String target =
        switch (policy.targetQps()) {
          case null -> "";
          case TargetQps.Uniform(double qps) -> " at " + qps + " qps";
          case TargetQps.ByAccelerator(Map<String, Double> qps) ->
              " at " + new TreeMap<>(qps) + " qps";
        };
    if (service.autoscaling() != null) {
      String metric = service.autoscaling().metric().name().toLowerCase(Locale.ROOT);
      target = " at " + service.autoscaling().target() + " " + metric;
    }
    return "%d..%d%s, %s, port %s, %s: %s"
        .formatted(
            policy.minReplicas(),
            policy.maxReplicas(),
            target,
            service.readinessProbe(),
            service.port() == null ? "PORT" : service.port(),
            spec.resourcesOrdered() ? "in order" : "any of",
            spec.resources().stream()
                .map(DocumentedFilesTest::machine)
                .collect(Collectors.joining(", ")));
  }

  private static String machine(Resources r) {
    return "("
        + (r.infra() == null ? "any" : r.infra())
        + (r.accelerators().isEmpty() ? "" : " " + r.accelerators())
        + (r.cpus() == null ? "" : " cpus " + r.cpus())
        + (r.memoryGib() == null ? "" : " memory " + r.memoryGib())
        + (r.useSpot() ? " spot" : "")
        + ")";
  }
}
