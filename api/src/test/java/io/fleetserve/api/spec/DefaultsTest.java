package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSection.Drain;
import io.fleetserve.api.spec.ServiceSection.Hedge;
import io.fleetserve.api.spec.ServiceSection.Hold;
import io.fleetserve.api.spec.ServiceSection.Listen;
import io.fleetserve.api.spec.ServiceSection.Outlier;
import io.fleetserve.api.spec.ServiceSection.Overload;
import io.fleetserve.api.spec.ServiceSection.Restart;
import io.fleetserve.api.spec.ServiceSection.Retry;
import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSection.Routing;
import io.fleetserve.api.spec.ServiceSection.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Every default of a service file, written out.
final class DefaultsTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static final ReadinessProbe PROBE =
      new ReadinessProbe(
          "/",
          null,
          Map.of(),
          Duration.ofSeconds(1200),
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          Duration.ofSeconds(180),
          null);

  private static final ReplicaPolicy ONE_REPLICA =
      new ReplicaPolicy(
          1, 1, 0, null, null, Duration.ofSeconds(300), Duration.ofSeconds(1200), false, 0, null);

  private static final ServiceSection SERVICE =
      new ServiceSection(
          PROBE,
          ONE_REPLICA,
          LoadBalancingPolicy.LEAST_LOAD,
          null,
          Duration.ofSeconds(120),
          null,
          null,
          new Hold(Duration.ofSeconds(900), 1000, 67_108_864),
          new Drain(Duration.ofSeconds(300), Duration.ofSeconds(10)),
          new Retry(3, 0.2, true),
          new Outlier(
              5,
              0.5,
              0.2,
              10,
              Duration.ofSeconds(30),
              1.9,
              Duration.ofSeconds(2),
              Duration.ofSeconds(60),
              0.5),
          new Rollout(Rollout.Mode.ROLLING, 1, 0),
          new Restart(Restart.Policy.NEVER, 3),
          new Listen(null, List.of()),
          new Routing(
              null, null, Map.of(), null, Duration.ofSeconds(30), ReplicaProtocol.HTTP1, null),
          new Timeouts(null, null),
          new Overload(Duration.ofSeconds(10), null),
          new Hedge(null, null, true),
          new SpotMix(SpotMix.Policy.HEDGE, 0.99, false),
          NetworkMode.AUTO);

  private static final Resources ANY_MACHINE =
      new Resources(null, Map.of(), null, null, null, false, null, List.of(), null, Map.of());

  @Test
  void oneLineFileGetsEveryDefault() {
    assertThat(Specs.read("run: x"))
        .isEqualTo(
            new ServiceSpec(
                null,
                SERVICE,
                List.of(ANY_MACHINE),
                false,
                1,
                Map.of(),
                Map.of(),
                null,
                Map.of(),
                null,
                "x",
                Map.of()));
  }

  @Test
  void autoscalingSectionGetsItsDefaults() {
    assertThat(Specs.service("autoscaling: {target: 8}").autoscaling())
        .isEqualTo(
            new Autoscaling(
                Autoscaling.Policy.FORECAST,
                List.of(Autoscaling.Goal.of(Autoscaling.Metric.CONCURRENCY, 8)),
                Duration.ofSeconds(60),
                Duration.ofSeconds(6),
                1000,
                Autoscaling.DEFAULT_HEADROOM,
                List.of()));
  }

  @Test
  void spotSectionGetsItsDefaults() {
    assertThat(mix("service: {spot: {}}")).isEqualTo(new SpotMix(SpotMix.Policy.HEDGE, 0.99, true));
    assertThat(mix("service: {spot: {policy: ondemand}}"))
        .isEqualTo(new SpotMix(SpotMix.Policy.ONDEMAND, 0.99, true));
  }

  @Test
  void oneOfSkyServesSpotKeysChoosesItsPolicy() {
    assertThat(mix("service: {replica_policy: {min_replicas: 1, spot_placer: dynamic_fallback}}"))
        .isEqualTo(new SpotMix(SpotMix.Policy.DYNAMIC_FALLBACK, 0.99, false));
    assertThat(mix("service: {replica_policy: {min_replicas: 1, dynamic_ondemand_fallback: true}}"))
        .isEqualTo(new SpotMix(SpotMix.Policy.DYNAMIC_FALLBACK, 0.99, true));
    assertThat(
            mix("service: {replica_policy: {min_replicas: 1, dynamic_ondemand_fallback: false}}"))
        .isEqualTo(SpotMix.DEFAULT);
  }

  private static SpotMix mix(String service) {
    return Specs.read(service + "\nresources: {use_spot: true}\nrun: x\n").service().spot();
  }

  @Test
  void panicWindowIsNeverLongerThanAShortWindow() {
    assertThat(Specs.service("autoscaling: {target: 8, window_seconds: 2}").autoscaling())
        .extracting(Autoscaling::panicWindow)
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void maximumIsTheMinimumUnlessGiven() {
    assertThat(Specs.service("replica_policy: {min_replicas: 3}").replicaPolicy())
        .isEqualTo(ReplicaPolicy.fixed(3));
  }

  @Test
  void mountModeIsMount() {
    assertThat(Specs.read("file_mounts: {/d: {source: s3://b}}\nrun: x").fileMounts())
        .containsEntry("/d", new FileMount.Remote("s3://b", null, "MOUNT"));
  }

  /// The schema's `default`s are what the reader does: a file that writes them all out is the
  /// one-line file.
  @Test
  void schemaTellsTheSameDefaults() {
    JsonNode schema = ServiceSchema.get().json();
    ObjectNode service = defaults(schema.at("/$defs/service"));
    ObjectNode policy = defaults(schema.at("/$defs/service/properties/replica_policy"));
    policy.put("min_replicas", 1);
    service.remove("replicas");
    service.set("replica_policy", policy);
    service.set(
        "readiness_probe", defaults(schema.at("/$defs/service/properties/readiness_probe")));
    for (String section :
        List.of(
            "load_balancer",
            "hold",
            "drain",
            "retry",
            "outlier",
            "routing",
            "overload",
            "hedge",
            "rollout",
            "restart")) {
      service.set(section, defaults(schema.at("/$defs/service/properties/" + section)));
    }
    ObjectNode file = defaults(schema);
    file.set("service", service);
    file.set("resources", defaults(schema.at("/$defs/resources")));
    file.put("run", "x");

    assertThat(Specs.read(JSON.writeValueAsString(file))).isEqualTo(Specs.read("run: x"));

    ObjectNode autoscaling = defaults(schema.at("/$defs/service/properties/autoscaling"));
    autoscaling.put("target", 8);
    assertThat(Specs.service("autoscaling: " + JSON.writeValueAsString(autoscaling)))
        .isEqualTo(Specs.service("autoscaling: {target: 8}"));
  }

  private static ObjectNode defaults(JsonNode schema) {
    ObjectNode values = JSON.createObjectNode();
    schema
        .path("properties")
        .properties()
        .forEach(property -> {
          JsonNode value = property.getValue().get("default");
          if (value != null) {
            values.set(property.getKey(), value);
          }
        });
    return values;
  }
}
