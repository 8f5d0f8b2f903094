package io.fleetserve.examples.tinyllm;

import static io.fleetserve.examples.tinyllm.RunningServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class HttpApiTest {
  private static final String CHAT = "/v1/chat/completions";

  private final FakeEngine engine = new FakeEngine();
  private final CompletableFuture<Engine> loading = new CompletableFuture<>();
  private final RunningServer server = new RunningServer(loading, 1, 3);

  @AfterEach
  void end() {
    engine.release();
    server.close();
  }

  @Test
  void everythingIs503UntilTheModelIsLoaded() {
    assertThat(server.get("/health").statusCode()).isEqualTo(503);
    HttpResponse<String> early = server.post(CHAT, say("hi"));
    loading.complete(engine);

    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(early.headers().firstValue("retry-after")).contains("1");
    assertThat(json(early).at("/error/message").asString()).isEqualTo("Loading model");
    assertThat(server.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void wholeAnswerHasTextReasonAndUsage() {
    loading.complete(engine);

    JsonNode answer = json(server.post(CHAT, say("one two three")));

    assertThat(answer.get("object").asString()).isEqualTo("chat.completion");
    assertThat(answer.get("model").asString()).isEqualTo("m");
    assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("one two three ");
    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(answer.get("usage").toString())
        .isEqualTo("{\"prompt_tokens\":3,\"completion_tokens\":3,\"total_tokens\":6}");
  }

  @Test
  void streamOpensPiecesClosesAndCounts() {
    loading.complete(engine);
    String body =
        say("one two three", "\"stream\":true,\"stream_options\":{\"include_usage\":true}");

    HttpResponse<String> answer = server.post(CHAT, body);

    List<String> events = answer.body().lines().filter(line -> !line.isEmpty()).toList();
    List<JsonNode> chunks =
        events.subList(0, events.size() - 1).stream()
            .map(line -> JsonMapper.shared().readTree(line.substring("data: ".length())))
            .toList();
    assertThat(answer.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(events.getLast()).isEqualTo("data: [DONE]");
    assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
    assertThat(chunks.stream().map(chunk -> chunk.at("/choices/0/delta/content").asString("")))
        .containsExactly("", "one ", "two ", "three ", "", "");
    assertThat(chunks.get(4).at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(chunks.get(4).get("usage").isNull()).isTrue();
    assertThat(chunks.get(5).get("choices")).isEmpty();
    assertThat(chunks.get(5).at("/usage/completion_tokens").asInt()).isEqualTo(3);
  }

  @Test
  void plainTextIsContinuedWholeAndStreamed() {
    loading.complete(engine);

    JsonNode whole = json(server.post("/v1/completions", "{\"prompt\":\"a b\",\"max_tokens\":1}"));
    String streamed = server.post("/v1/completions", "{\"prompt\":\"a\",\"stream\":true}").body();

    assertThat(whole.at("/choices/0/text").asString()).isEqualTo("a ");
    assertThat(whole.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(streamed).contains("\"text\":\"a \"").endsWith("data: [DONE]\n\n");
  }

  @Test
  void promptThatFillsTheContextIsRefused() {
    loading.complete(engine);

    HttpResponse<String> answer = server.post(CHAT, say("1 2 3 4 5 6 7 8 9 10"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/code").asString()).isEqualTo("context_length_exceeded");
  }

  @Test
  void wrongPathsAndMethodsAndValuesAreErrorObjects() {
    loading.complete(engine);

    assertThat(server.get("/nowhere").statusCode()).isEqualTo(404);
    assertThat(server.get(CHAT).statusCode()).isEqualTo(405);
    assertThat(server.post("/v1/models", "").statusCode()).isEqualTo(405);
    HttpResponse<String> bad = server.post(CHAT, "{\"messages\":\"nonsense\"}");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(json(bad).at("/error/param").asString()).isEqualTo("messages");
    assertThat(server.post(CHAT, say("broken")).statusCode()).isEqualTo(500);
  }

  @Test
  void modelsAreListed() {
    assertThat(json(server.get("/v1/models?x=y")).at("/data/0/id").asString())
        .isEqualTo("tiny-llm");
    assertThat(json(server.get("/v1/models/tiny-llm")).get("object").asString()).isEqualTo("model");
  }

  @Test
  void requestsBeyondTheSlotsWaitAndAreCounted() {
    loading.complete(engine);
    var first = server.postLater(CHAT, say("wait"));
    await().untilAsserted(() -> assertThat(server.metric("requests_processing")).isEqualTo(1));
    var second = server.postLater(CHAT, say("hi"));
    await().untilAsserted(() -> assertThat(server.metric("requests_deferred")).isEqualTo(1));

    engine.release();

    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(second.join().statusCode()).isEqualTo(200);
    assertThat(server.metric("tokens_predicted_total")).isEqualTo(2);
    assertThat(server.metric("requests_deferred")).isZero();
  }

  @Test
  void clientThatLeavesEndsItsGenerationAndGivesBackItsPlaceInTheQueue() throws IOException {
    loading.complete(engine);
    Socket running = ask("wait");
    await().untilAsserted(() -> assertThat(server.metric("requests_processing")).isEqualTo(1));
    Socket waiting = ask("hi");
    await().untilAsserted(() -> assertThat(server.metric("requests_deferred")).isEqualTo(1));

    waiting.close();
    await().untilAsserted(() -> assertThat(server.metric("requests_deferred")).isZero());
    assertThat(engine.sawCancel()).isFalse();
    running.close();

    await().until(engine::sawCancel);
    await().untilAsserted(() -> assertThat(server.metric("requests_processing")).isZero());
  }

  @Test
  void connectionServesOneRequestAfterTheOther() throws IOException {
    loading.complete(engine);
    try (Socket socket = ask("one")) {
      for (int i = 0; i < 300; i++) {
        assertThat(readReply(socket)).contains("one ");
        socket.getOutputStream().write(request("one").getBytes(StandardCharsets.UTF_8));
      }
      assertThat(readReply(socket)).contains("one ");
    }
  }

  @Test
  void pipelinedRequestIsLeftToBeAskedAgain() throws IOException {
    loading.complete(engine);
    try (Socket socket = send(request("one") + request("two"))) {
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(all).contains("one ").doesNotContain("two ");
    }
  }

  @Test
  void fullQueueIs503() {
    loading.complete(engine);
    var running = server.postLater(CHAT, say("wait"));
    await().untilAsserted(() -> assertThat(server.metric("requests_processing")).isEqualTo(1));
    var waiting = List.of(1, 2, 3).stream().map(i -> server.postLater(CHAT, say("hi"))).toList();
    await().untilAsserted(() -> assertThat(server.metric("requests_deferred")).isEqualTo(3));

    assertThat(server.post(CHAT, say("hi")).statusCode()).isEqualTo(503);

    engine.release();
    assertThat(running.join().statusCode()).isEqualTo(200);
    assertThat(waiting).allMatch(answer -> answer.join().statusCode() == 200);
  }

  @Test
  void drainAnswersWhatWasAcceptedAndClosesTheConnection() {
    loading.complete(engine);
    var running = server.postLater(CHAT, say("wait"));
    await().untilAsserted(() -> assertThat(server.metric("requests_processing")).isEqualTo(1));
    CompletableFuture<Boolean> drained =
        CompletableFuture.supplyAsync(() -> server.service.drain(Duration.ofSeconds(20)));
    await().until(server.service::draining);

    engine.release();

    assertThat(drained.join()).isTrue();
    assertThat(running.join().statusCode()).isEqualTo(200);
    assertThat(running.join().headers().firstValue("connection")).contains("close");
  }

  private Socket ask(String words) throws IOException {
    return send(request(words));
  }

  private Socket send(String requests) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.listener.port());
    socket.getOutputStream().write(requests.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static String request(String words) {
    String body = say(words);
    return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(CHAT, body.length(), body);
  }

  /// One whole answer to one word: it ends with the usage.
  private static String readReply(Socket socket) throws IOException {
    String end = "\"total_tokens\":2}}";
    StringBuilder reply = new StringBuilder();
    while (reply.indexOf(end, reply.length() - end.length()) < 0) {
      int letter = socket.getInputStream().read();
      assertThat(letter).as("after: %s", reply).isNotNegative();
      reply.append((char) letter);
    }
    return reply.toString();
  }

  private static String say(String words) {
    return say(words, "\"stream\":false");
  }

  private static String say(String words, String more) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],%s}"
        .formatted(words, more);
  }
}
