package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fleetserve.api.wire.ReplicaEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The genuine llama-server behind the proxy, where `examples/llama-server/build.sh` built it: its
/// quirks are those that [EngineQuirksTest] plays.
@SuppressWarnings("StringConcatToTextBlock")
final class LlamaServerTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("fleetserve.root", "."))
          .resolve("examples/llama-server/target/llama-server");
  private static final String HOST = " HTTP/1.1\r\nHost: svc\r\n";

  private static String chat(boolean stream, int tokens) {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}],"
            + "\"temperature\":0,\"max_tokens\":"
            + tokens
            + ",\"stream\":"
            + stream
            + "}";
    return "POST /v1/chat/completions"
        + HOST
        + "Content-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static Process start(int port) throws IOException {
    assumeTrue(Files.isExecutable(FOLDER.resolve("llama-server")), "llama-server is not built");
    return new ProcessBuilder(
            "./llama-server",
            "-m",
            "tiny-llm-Q8_0.gguf",
            "--host",
            "127.0.0.1",
            "--port",
            String.valueOf(port),
            "--metrics",
            "--no-webui",
            "-np",
            "4",
            "-c",
            "2048",
            "-t",
            "1",
            "-tb",
            "1",
            "--poll",
            "0")
        .directory(FOLDER.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// Requests that its `/metrics` says it works on.
  private static boolean isIdle(Bed bed) {
    return bed.get("/metrics")
        .body()
        .lines()
        .anyMatch(line -> line.matches("llamacpp:requests_processing 0(\\.0)?"));
  }

  @Test
  void itsQuirksHurtNobody() throws Exception {
    int port = Bed.freePort();
    Process server = start(port);
    try (Bed bed = new Bed()) {
      bed.routeTo(List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", port, null, false)));
      // Refused for a moment, then 503 until the model is loaded.
      await().atMost(Duration.ofSeconds(60)).until(() -> bed.get("/health").status() == 200);
      try (RawClient client = bed.client()) {
        for (int i = 0; i < 30; i++) {
          RawClient.Answer answer = client.send(chat(i % 2 == 0, 12)).answer();
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.complete()).isTrue();
          assertThat(answer.body()).contains(i % 2 == 0 ? "data: [DONE]" : "Paris");
        }
      }
      for (int i = 0; i < 4; i++) {
        RawClient leaving = bed.client().send(chat(true, 200));
        assertThat(leaving.head()).startsWith("HTTP/1.1 200");
        leaving.close();
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> isIdle(bed));
    } finally {
      server.destroyForcibly();
    }
  }
}
