package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.fleetserve.api.spec.Resources.Amount;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The `resources:` section: what a file says of the machine of a replica.
final class ResourcesReaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "H100              | false | [{H100=1.0}]",
        "H100:4            | false | [{H100=4.0}]",
        "T4:0.5            | false | [{T4=0.5}]",
        "a100-80gb         | false | [{a100-80gb=1.0}]",
        "[H100:8, L4]      | true  | [{H100=8.0}, {L4=1.0}]",
        "[L4]              | false | [{L4=1.0}]",
        "{H100, A100:2}    | false | [{H100=1.0}, {A100=2.0}]",
        "{H100: 1, L4: 2}  | false | [{H100=1.0}, {L4=2.0}]",
        "{H100: 8}         | false | [{H100=8.0}]",
        "''                | false | [{}]",
      })
  void acceleratorsInAllForms(String written, boolean ordered, String alternatives) {
    ServiceSpec spec = Specs.resources("accelerators: " + written);

    assertThat(spec.resources().stream().map(Resources::accelerators).toList())
        .hasToString(alternatives);
    assertThat(spec.resourcesOrdered()).isEqualTo(ordered);
  }

  @ParameterizedTest
  @CsvSource({"4,4.0,false", "4+,4.0,true", "'\"4\"',4.0,false", "0.5,0.5,false", "1.5+,1.5,true"})
  void cpus(String written, double value, boolean atLeast) {
    assertThat(Specs.resources("cpus: " + written).resources().getFirst().cpus())
        .isEqualTo(new Amount(value, atLeast));
  }

  @ParameterizedTest
  @CsvSource({
    "16,16.0,false",
    "16+,16.0,true",
    "16GB,16.0,false",
    "16GiB+,16.0,true",
    "512MB,0.5,false",
    "1TB,1024.0,false",
    "32G,32.0,false"
  })
  void memoryInGibibytes(String written, double value, boolean atLeast) {
    assertThat(Specs.resources("memory: " + written).resources().getFirst().memoryGib())
        .isEqualTo(new Amount(value, atLeast));
  }

  @Test
  void outerKeysAreDefaultsOfCandidates() {
    ServiceSpec spec =
        Specs.resources(
            """
            infra: aws
            cpus: 4
            disk_size: 100
            ordered:
              - {infra: gcp/us-central1, accelerators: L4}
              - {cpus: 8+, disk_tier: HIGH}
              - {region: eu-west-1}
            """);

    assertThat(spec.resourcesOrdered()).isTrue();
    assertThat(spec.resources().stream().map(Resources::infra))
        .containsExactly("gcp/us-central1", "aws", "*/eu-west-1");
    assertThat(spec.resources().stream().map(r -> String.valueOf(r.cpus())))
        .containsExactly("4", "8+", "4");
    assertThat(spec.resources().get(1).other())
        .containsOnly(entry("disk_size", 100L), entry("disk_tier", "high"));
  }

  @ParameterizedTest
  @CsvSource({
    "infra: aws/us-east-1/us-east-1a,aws/us-east-1/us-east-1a",
    "infra: aws/*/us-east-1a,aws/*/us-east-1a",
    "infra: k8s/arn:aws:eks:us-east-1:1:cluster/x,k8s/arn:aws:eks:us-east-1:1:cluster/x",
    "infra: '*',",
    "infra: '*/*',",
    "'{cloud: gcp, region: r, zone: z}',gcp/r/z",
    "'{cloud: gcp, zone: z}',gcp/*/z",
    "cloud: kubernetes,kubernetes"
  })
  void placeInEverySpelling(String written, String infra) {
    String lines =
        written.startsWith("{")
            ? written.substring(1, written.length() - 1).replace(", ", "\n")
            : written;

    assertThat(Specs.resources(lines).resources().getFirst().infra()).isEqualTo(infra);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8080 | [8080] | 8080",
        "'\"8080\"' | [8080] | 8080",
        "8080-8080 | [8080] | 8080",
        "[8080] | [8080] | 8080"
      })
  void onlyPortIsTheRoutedOne(String written, String ports, int routed) {
    ServiceSpec spec = Specs.resources("ports: " + written);

    assertThat(spec.resources().getFirst().ports()).hasToString(ports);
    assertThat(spec.service().port()).isEqualTo(routed);
  }

  @Test
  void routedPortIsChosenAmongSeveral() {
    ServiceSpec spec =
        Specs.read(
            "service: {ports: 8085}\nresources: {ports: [8080-8090, 9000, '9001']}\nrun: x\n");

    assertThat(spec.service().port()).isEqualTo(8085);
    assertThat(spec.resources().getFirst().ports()).containsExactly("8080-8090", "9000", "9001");
  }

  @Test
  void machineKeys() {
    Resources machine =
        Specs.resources(
                """
                instance_type: g5.xlarge
                image_id: docker:vllm/vllm-openai:latest
                max_hourly_cost: 2.5
                use_spot: Yes
                labels: {team: a, number: 1}
                autostop: false
                job_recovery: failover
                disk_size: 256GB
                """)
            .resources()
            .getFirst();

    assertThat(machine.instanceType()).isEqualTo("g5.xlarge");
    assertThat(machine.imageId()).isEqualTo("docker:vllm/vllm-openai:latest");
    assertThat(machine.maxHourlyCost()).isEqualTo(2.5);
    assertThat(machine.useSpot()).isTrue();
    assertThat(machine.other())
        .containsOnly(
            entry("labels", Map.of("team", "a", "number", "1")),
            entry("autostop", false),
            entry("job_recovery", "failover"),
            entry("disk_size", "256GB"));
  }

  @Test
  void imagesByRegionAreKept() {
    Resources machine = Specs.resources("image_id: {us-east-1: ami-1}").resources().getFirst();

    assertThat(machine.imageId()).isNull();
    assertThat(machine.other()).containsEntry("image_id", Map.of("us-east-1", "ami-1"));
  }
}
