package io.fleetserve.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.FileMount;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.Workdir;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.provider.Offer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PlacementTest {
  private static final Resources ANY = Specs.resources();

  @Test
  void cheapestOfAllCandidatesWins() {
    ServiceSpec spec = Specs.fixed(1).resources(false, ANY, ANY).build();

    Placed placed =
        Placement.choose(
            spec,
            List.of(candidate(ANY, offer("big", 3)), candidate(ANY, offer("small", 1))),
            true);

    assertThat(placed).isInstanceOf(Placed.On.class);
    assertThat(((Placed.On) placed).offer().instanceType()).isEqualTo("small");
    assertThat(placed.reasons()).last().asString().contains("$1.00", "cheapest of 2");
  }

  @Test
  void orderedCandidatesAreTriedInTheFilesOrder() {
    Resources cheap = with(null, false, null, 2.0);
    ServiceSpec spec = Specs.fixed(1).resources(true, cheap, ANY).build();

    Placed placed =
        Placement.choose(
            spec,
            List.of(
                candidate(cheap, offer("big", 3)),
                candidate(ANY, offer("medium", 2.5), offer("small", 1))),
            true);

    assertThat(((Placed.On) placed).offer().instanceType()).isEqualTo("medium");
    assertThat(placed.reasons()).first().asString().contains("max_hourly_cost", "$2.00", "$3.00");
  }

  @Test
  void oneCandidateThatCannotRunHereLeavesTheOthers() {
    Resources aws = with("aws/us-east-1", true, null, null);
    ServiceSpec spec = Specs.fixed(1).resources(false, aws, ANY).build();

    Placed placed =
        Placement.choose(spec, List.of(candidate(aws), candidate(ANY, offer("here", 0))), true);

    assertThat(placed).isInstanceOf(Placed.On.class);
    assertThat(placed.reasons()).anyMatch(reason -> reason.contains("aws/us-east-1"));
  }

  @Test
  void whenNothingFitsEveryReasonIsGiven() {
    Resources aws = with("aws", false, "docker:vllm/vllm-openai", null);
    ServiceSpec spec = Specs.fixed(1).resources(false, aws, ANY).build();

    Placed placed =
        Placement.choose(
            spec,
            List.of(
                candidate(aws),
                new Candidate(ANY, List.of(), List.of("local: has 2 CPUs (expected: >= 64)"))),
            true);

    assertThat(placed).isInstanceOf(Placed.Refused.class);
    assertThat(placed.reasons())
        .anyMatch(reason -> reason.startsWith("resources.infra: aws (expected: local)"))
        .anyMatch(reason -> reason.startsWith("resources.image_id: docker:vllm/vllm-openai"))
        .anyMatch(reason -> reason.contains("has 2 CPUs"));
  }

  @Test
  void localInAnySpellingIsHere() {
    assertThat(Unsupported.of(with("local", false, null, null))).isEmpty();
    assertThat(Unsupported.of(with("*", false, null, null))).isEmpty();
    assertThat(Unsupported.of(with("kubernetes/local", false, null, null))).hasSize(1);
    assertThat(Unsupported.of(with("local", true, null, null)))
        .singleElement()
        .asString()
        .contains("use_spot: true");
  }

  @Test
  void everythingThisVersionCannotRunIsNamedWithItsValue() {
    ServiceSpec plain = Specs.fixed(1).build();
    ServiceSpec spec =
        new ServiceSpec(
            "svc",
            plain.service(),
            plain.resources(),
            false,
            2,
            Map.of(),
            Map.of(),
            new Workdir.Git("https://example.com/x.git", "main"),
            Map.of("/data", new FileMount.Remote("s3://bucket/x", null, "MOUNT")),
            null,
            "exec server",
            Map.of("volumes", "{/data: big}"));

    assertThat(Unsupported.of(spec, true))
        .anyMatch(reason -> reason.startsWith("num_nodes: 2 (expected: 1)"))
        .anyMatch(reason -> reason.startsWith("workdir.url: https://example.com/x.git"))
        .anyMatch(reason -> reason.startsWith("file_mounts./data: s3://bucket/x"))
        .anyMatch(reason -> reason.startsWith("volumes: {/data: big} (expected: none)"))
        .hasSize(4);
    assertThat(Placement.choose(spec, List.of(candidate(ANY, offer("here", 0))), true))
        .isInstanceOf(Placed.Refused.class);
  }

  @Test
  void fixedPortCanServeOneReplicaOfASharedHost() {
    assertThat(Unsupported.of(Specs.fixed(1).port(8080).build(), true)).isEmpty();
    assertThat(Unsupported.of(Specs.fixed(2).port(8080).build(), false)).isEmpty();
    assertThat(Unsupported.of(Specs.fixed(2).port(8080).build(), true))
        .singleElement()
        .asString()
        .contains("8080", "up to 2 replicas", "$PORT");
  }

  @Test
  void metricsThatAreNotMeasuredAreRefused() {
    for (Autoscaling.Metric metric : Autoscaling.Metric.values()) {
      boolean measured =
          metric == Autoscaling.Metric.QPS || metric == Autoscaling.Metric.CONCURRENCY;
      ServiceSpec spec = Specs.between(1, 2).autoscaling(metric, 1, 60, 6).build();

      assertThat(Unsupported.of(spec, true).isEmpty()).as("%s", metric).isEqualTo(measured);
    }
  }

  @Test
  void noProviderAtAllSaysSo() {
    assertThat(Placement.choose(Specs.fixed(1).build(), List.of(candidate(ANY)), true).reasons())
        .singleElement()
        .asString()
        .contains("no provider is enabled");
  }

  private static Candidate candidate(Resources resources, Offer... offers) {
    return new Candidate(resources, List.of(offers), List.of());
  }

  private static Offer offer(String type, double price) {
    return new Offer("local", null, null, type, type + " machine", price, false);
  }

  private static Resources with(
      @Nullable String infra, boolean spot, @Nullable String image, @Nullable Double most) {
    return new Resources(infra, Map.of(), null, null, null, spot, image, List.of(), most, Map.of());
  }
}
