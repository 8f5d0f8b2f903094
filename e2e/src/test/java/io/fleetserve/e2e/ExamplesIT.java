package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Run;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every example works as its README says. The tiny-llm example has [TinyLlmIT].
final class ExamplesIT {
  private static final Path EXAMPLES = Services.ROOT.resolve("examples");

  @TempDir Path folder;

  @Test
  void everyServiceFileOfTheExamplesIsValid() throws Exception {
    Fleet fleet = Fleet.create(Services.ROOT, folder);
    try (Stream<Path> files = Files.walk(EXAMPLES, 2)) {
      List<String> found =
          files.map(Path::toString).filter(file -> file.endsWith(".yaml")).sorted().toList();
      assertThat(found).hasSizeGreaterThanOrEqualTo(4);

      for (String file : found) {
        fleet.must("validate", file);
      }
    }
  }

  @Test
  void helloServes() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", EXAMPLES.resolve("hello/service.yaml").toString());

      assertThat(Chat.send(HttpRequest.newBuilder(fleet.url("hello")).build()).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void embeddingsOfRelatedSentencesAreCloserThanOfUnrelatedOnes() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", EXAMPLES.resolve("embeddings/service.yaml").toString());
      HttpRequest request =
          HttpRequest.newBuilder(fleet.url("embeddings").resolve("/v1/embeddings"))
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      """
                      {"input": ["How do I scale a replica?", "autoscaling of model servers",
                                 "a recipe for apple pie"]}\
                      """))
              .build();

      JsonNode data = JsonMapper.shared().readTree(Chat.send(request).body()).get("data");

      assertThat(cosine(data, 0, 1)).isGreaterThan(cosine(data, 0, 2) + 0.1);
    }
  }

  private static double cosine(JsonNode data, int a, int b) {
    JsonNode left = data.get(a).get("embedding");
    JsonNode right = data.get(b).get("embedding");
    assertThat(left).hasSize(384);
    double sum = 0;
    for (int i = 0; i < left.size(); i++) {
      sum += left.get(i).asDouble() * right.get(i).asDouble();
    }
    return sum;
  }

  @Test
  void genuineLlamaServerAnswersThroughTheUrl() throws Exception {
    Path example = EXAMPLES.resolve("llama-server");
    for (String tool : List.of("npm", "g++", "git")) {
      Assumptions.assumeTrue(
          new ProcessBuilder("sh", "-c", "command -v " + tool).start().waitFor() == 0,
          tool + " is missing: the genuine llama-server cannot be built here");
    }
    Run build =
        Run.finish(
            new ProcessBuilder(example.resolve("build.sh").toString())
                .directory(Services.ROOT.toFile())
                .start(),
            Duration.ofMinutes(9),
            "build.sh");
    assertThat(build.exit()).as(build.toString()).isZero();

    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", example.resolve("service.yaml").toString());
      URI url = fleet.url("llama-server");

      for (boolean stream : new boolean[] {false, true}) {
        assertThat(Chat.text(Chat.send(Chat.request(url, Chat.FRANCE, stream)).body()))
            .contains("Paris");
      }
      Services.downLeavesNothing(fleet, "llama-server");
    }
  }
}
