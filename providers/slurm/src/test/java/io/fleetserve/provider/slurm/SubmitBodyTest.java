package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.Ownership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Submissions against the published descriptions of Slurm's REST API.
final class SubmitBodyTest {
  private static final JobRequest REQUEST =
      new JobRequest(
          new JobMark(new Ownership("i", "svc", 3, 2), "a1"),
          "spot",
          2,
          List.of("gpu:a100:2"),
          4,
          512,
          Optional.of(Duration.ofHours(2)),
          "/dev/null",
          Map.of("account", "acc", "nice", "5", "exclude", "node1,node2", "constraint", "a100"),
          "#!/bin/bash\n");

  @ParameterizedTest
  @ValueSource(strings = {"v0.0.41", "v0.0.42", "v0.0.43", "v0.0.44", "v0.0.45"})
  void everyPropertyIsOneOfTheApiAndOfItsType(String version) throws IOException {
    Path file =
        Path.of(System.getProperty("fleetserve.shared", "../shared"))
            .resolve("data/cloud-apis/slurm/openapi-" + version + ".json");
    Assumptions.assumeTrue(Files.exists(file), "no conformance test: " + file + " is missing");
    JsonNode schemas = Json.MAPPER.readTree(file).path("components").path("schemas");

    JsonNode body = SubmitBody.of(REQUEST, RestDialect.of(version));

    check(body, schemas.path(version + "_job_submit_req"), schemas, "body");
    JsonNode job = body.path("job");
    assertThat(job.path("tres_per_node").asString("")).isEqualTo("gres/gpu:a100:2");
    assertThat(job.path("memory_per_node").path("number").asLong(0)).isEqualTo(512);
    assertThat(job.path("script").asString("")).startsWith("#!");
  }

  @Test
  void checkItselfRefusesWhatTheApiDoesNotKnow() {
    JsonNode schema = Json.MAPPER.readTree("{\"properties\": {\"a\": {\"type\": \"string\"}}}");

    assertThat(wrong(Json.MAPPER.readTree("{\"b\": 1}"), schema)).contains("body.b");
    assertThat(wrong(Json.MAPPER.readTree("{\"a\": 1}"), schema)).contains("body.a");
    assertThat(wrong(Json.MAPPER.readTree("{\"a\": \"1\"}"), schema)).isEmpty();
  }

  private static String wrong(JsonNode value, JsonNode schema) {
    try {
      check(value, schema, Json.MAPPER.createObjectNode(), "body");
      return "";
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// A small reader of the parts of JSON Schema that these descriptions use; closed: what a schema
  /// does not name is wrong.
  private static void check(JsonNode value, JsonNode schema, JsonNode schemas, String path) {
    JsonNode ref = schema.path("$ref");
    if (ref.isString()) {
      String name = ref.asString("").replaceFirst("^.*/", "");
      check(value, schemas.path(name), schemas, path);
      return;
    }
    String type = schema.path("type").asString(schema.has("properties") ? "object" : "unknown");
    boolean fits =
        switch (type) {
          case "string" -> value.isString();
          case "integer" -> value.isIntegralNumber();
          case "number" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          case "array" -> value.isArray();
          case "object" -> value.isObject();
          default -> false;
        };
    assertThat(fits).as(path + ": " + value + " is not of type " + type).isTrue();
    value
        .properties()
        .forEach(entry -> {
          JsonNode property = schema.path("properties").path(entry.getKey());
          String below = path + "." + entry.getKey();
          assertThat(property.isMissingNode()).as(below + " is unknown").isFalse();
          check(entry.getValue(), property, schemas, below);
        });
    if (value.isArray()) {
      value.forEach(item -> check(item, schema.path("items"), schemas, path + "[]"));
    }
  }

  @Test
  void olderVersionsGetPlainNumbersAndAMappingForTheEnvironment() {
    JsonNode body = SubmitBody.of(REQUEST, RestDialect.of("v0.0.38"));

    assertThat(body.path("script").asString("")).startsWith("#!");
    JsonNode job = body.path("job");
    assertThat(job.path("memory_per_node").asLong(0)).isEqualTo(512);
    assertThat(job.path("time_limit").asLong(0)).isEqualTo(120);
    assertThat(job.path("gres").asString("")).isEqualTo("gpu:a100:2");
    assertThat(job.path("environment").isObject()).isTrue();
    assertThat(job.path("nodes").toString()).isEqualTo("[2,2]");
    assertThat(job.path("constraints").asString("")).isEqualTo("a100");
  }

  @Test
  void commandHasNoSecretAndNoScript() {
    List<String> command = ShellTransport.command(REQUEST);

    assertThat(command)
        .contains(
            "--partition=spot",
            "--nodes=2-2",
            "--gres=gpu:a100:2",
            "--cpus-per-task=4",
            "--mem=512M",
            "--time=120",
            "--account=acc",
            "--no-requeue",
            "--job-name=fs-a1")
        .noneMatch(word -> word.contains("#!"));
  }
}
