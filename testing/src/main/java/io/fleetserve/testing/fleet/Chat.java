package io.fleetserve.testing.fleet;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Requests of an OpenAI-compatible chat endpoint, and what their answers say.
public final class Chat {
  /// What the tiny model knows for certain.
  public static final String FRANCE = "What is the capital of France?";

  private static final JsonMapper JSON = JsonMapper.shared();

  private Chat() {}

  /// A chat request at temperature 0.
  public static HttpRequest request(URI service, String question, boolean stream) {
    String body =
        """
        {"model":"tiny-llm","temperature":0,"max_tokens":48,"stream":%s,
         "messages":[{"role":"user","content":%s}]}\
        """
            .formatted(stream, JSON.writeValueAsString(question));
    return HttpRequest.newBuilder(service.resolve("/v1/chat/completions"))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  /// A request any replica may be asked again.
  public static HttpRequest models(URI service) {
    return HttpRequest.newBuilder(service.resolve("/v1/models"))
        .timeout(Duration.ofSeconds(30))
        .build();
  }

  /// The text of a complete or streamed answer's body; a stream must end with `[DONE]`.
  public static String text(String body) {
    if (!body.startsWith("data:")) {
      return JSON.readTree(body).at("/choices/0/message/content").asString("");
    }
    List<String> events =
        body.lines()
            .filter(line -> line.startsWith("data:"))
            .map(line -> line.substring(5).strip())
            .toList();
    if (!events.getLast().equals("[DONE]")) {
      throw new AssertionError("stream was cut: " + body);
    }
    StringBuilder text = new StringBuilder();
    for (String event : events.subList(0, events.size() - 1)) {
      text.append(JSON.readTree(event).at("/choices/0/delta/content").asString(""));
    }
    return text.toString();
  }

  /// Whether [#FRANCE] was answered, and rightly.
  public static boolean isRight(Load.Answer answer) {
    return answer.status() == 200 && text(answer.body()).contains("Paris");
  }

  /// Sends one request and returns the answer.
  public static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }
}
