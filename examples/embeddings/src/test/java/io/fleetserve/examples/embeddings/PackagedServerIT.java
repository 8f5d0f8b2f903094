package io.fleetserve.examples.embeddings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The folder that replicas copy, started as they start it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PackagedServerIT {
  private final Process server;
  private final URI uri;
  private final HttpClient client = HttpClient.newHttpClient();

  PackagedServerIT() throws IOException {
    String program = Path.of("target/embeddings/bin/embeddings-server").toAbsolutePath().toString();
    server = new ProcessBuilder(program, "--port", "0").redirectErrorStream(true).start();
    BufferedReader output = server.inputReader();
    String listening = output.readLine();
    uri = URI.create("http://" + listening.substring(listening.lastIndexOf(' ') + 1));
    assertThat(output.readLine()).contains("ready after");
  }

  @BeforeAll
  void isHealthy() throws Exception {
    assertThat(send(HttpRequest.newBuilder(uri.resolve("/health"))).statusCode()).isEqualTo(200);
  }

  @AfterAll
  void endsOnSigterm() throws InterruptedException {
    client.close();
    server.destroy();
    boolean ended = server.waitFor(20, TimeUnit.SECONDS);
    server.destroyForcibly();
    assertThat(ended).isTrue();
  }

  @Test
  void relatedSentencesAreCloserThanUnrelatedOnes() throws Exception {
    JsonNode answer =
        ask(
            """
            {"input": ["How do I scale a replica?", "autoscaling of model servers",
                       "a recipe for apple pie"]}
            """);
    JsonNode data = answer.get("data");

    assertThat(cosine(data, 0, 1)).isGreaterThan(cosine(data, 0, 2) + 0.2);
    assertThat(cosine(data, 0, 0)).isBetween(0.999, 1.001);
    assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(9 + 8 + 7);
  }

  @Test
  void vectorDoesNotDependOnItsBatch() throws Exception {
    JsonNode together = ask("{\"input\":[\"a\",\"a much longer sentence than the first one\"]}");
    JsonNode alone = ask("{\"input\":\"a\"}");

    for (int i = 0; i < Encoder.DIMENSIONS; i++) {
      assertThat(together.at("/data/0/embedding/" + i).asDouble())
          .isCloseTo(
              alone.at("/data/0/embedding/" + i).asDouble(),
              org.assertj.core.data.Offset.offset(0.05));
    }
  }

  @Test
  void base64HoldsTheSameNumbers() throws Exception {
    JsonNode numbers = ask("{\"input\":\"a\"}").at("/data/0/embedding");
    JsonNode text = ask("{\"input\":\"a\",\"encoding_format\":\"base64\"}").at("/data/0/embedding");

    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(text.asString())).order(ByteOrder.LITTLE_ENDIAN);

    assertThat(bytes.remaining()).isEqualTo(4 * Encoder.DIMENSIONS);
    assertThat(bytes.getFloat(40)).isEqualTo((float) numbers.get(10).asDouble());
  }

  @Test
  void errorsAreObjects() throws Exception {
    HttpResponse<String> bad = send(post("{\"input\":[1]}"));

    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(JsonMapper.shared().readTree(bad.body()).at("/error/type").asString())
        .isEqualTo("invalid_request_error");
    assertThat(send(HttpRequest.newBuilder(uri.resolve("/v1/embeddings"))).statusCode())
        .isEqualTo(405);
    assertThat(send(HttpRequest.newBuilder(uri.resolve("/nowhere"))).statusCode()).isEqualTo(404);
  }

  private JsonNode ask(String body) throws Exception {
    HttpResponse<String> answer = send(post(body));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private HttpRequest.Builder post(String body) {
    return HttpRequest.newBuilder(uri.resolve("/v1/embeddings"))
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static double cosine(JsonNode data, int a, int b) {
    double sum = 0;
    for (int i = 0; i < Encoder.DIMENSIONS; i++) {
      sum +=
          data.get(a).get("embedding").get(i).asDouble()
              * data.get(b).get("embedding").get(i).asDouble();
    }
    return sum;
  }
}
