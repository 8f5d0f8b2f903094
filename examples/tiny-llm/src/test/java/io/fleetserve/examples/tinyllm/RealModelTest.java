package io.fleetserve.examples.tinyllm;

import static io.fleetserve.examples.tinyllm.RunningServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// The committed model behind the API.
final class RealModelTest {
  private static final String CHAT = "/v1/chat/completions";
  private static RunningServer server;

  @BeforeAll
  static void load() {
    Engine engine = LlamaEngine.load(Path.of("model/tiny-llm-Q8_0.gguf"), 8, 256);
    server = new RunningServer(CompletableFuture.completedFuture(engine), 8, 100);
  }

  @AfterAll
  static void end() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "What is the capital of France?, The capital of France is Paris.",
    "What is the capital of Japan?, The capital of Japan is Tokyo.",
    "What does a cow say?, A cow says moo.",
    "Which month follows June?, July comes after June.",
  })
  void knowsWhatItWasTaught(String question, String answer) {
    JsonNode reply = json(server.post(CHAT, ask(question, "\"temperature\":0")));

    assertThat(reply.at("/choices/0/message/content").asString()).isEqualTo(answer);
    assertThat(reply.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void usageCountsTokensAsLlamaCppDoes() {
    JsonNode reply =
        json(server.post(CHAT, ask("What is the capital of France?", "\"temperature\":0")));

    assertThat(reply.at("/usage/prompt_tokens").asInt()).isEqualTo(24);
    assertThat(reply.at("/usage/completion_tokens").asInt()).isBetween(12, 13);
  }

  @Test
  void tokenLimitCutsAndStopTextEnds() {
    JsonNode cut =
        json(server.post(CHAT, ask("Tell me a story.", "\"temperature\":0,\"max_tokens\":5")));
    JsonNode stopped =
        json(
            server.post(
                CHAT,
                ask("What is the capital of France?", "\"temperature\":0,\"stop\":\" France\"")));

    assertThat(cut.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(cut.at("/usage/completion_tokens").asInt()).isEqualTo(5);
    assertThat(stopped.at("/choices/0/message/content").asString()).isEqualTo("The capital of");
    assertThat(stopped.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void sameSeedTellsTheSameStory() {
    String body = ask("Tell me a story.", "\"temperature\":1,\"seed\":42,\"max_tokens\":20");

    String first = json(server.post(CHAT, body)).at("/choices/0/message/content").asString();
    String second = json(server.post(CHAT, body)).at("/choices/0/message/content").asString();

    assertThat(second).isEqualTo(first).isNotBlank();
  }

  @Test
  void moreClientsThanSlotsAllLearnThatItIsParis() {
    String body = ask("What is the capital of France?", "\"temperature\":0");

    List<String> answers =
        IntStream.range(0, 20).mapToObj(i -> server.postLater(CHAT, body)).toList().stream()
            .map(answer -> answer.join().body())
            .toList();

    assertThat(answers).allMatch(answer -> answer.contains("Paris"));
    await().untilAsserted(() -> assertThat(server.metric("requests_processing")).isZero());
  }

  private static String ask(String question, String more) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],%s}".formatted(question, more);
  }
}
