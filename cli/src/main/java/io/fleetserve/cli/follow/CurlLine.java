package io.fleetserve.cli.follow;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A curl command to try a new service with. It is chosen by asking the service: a line is offered
/// only if the same request was answered just now, apart from a limit of one token. A chat is asked
/// at temperature 0, so that the same question gets the same answer.
public final class CurlLine {
  private static final String CHAT = "/v1/chat/completions";
  private static final String QUESTION =
      "\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}],"
          + "\"temperature\":0";
  private static final String JSON_HEADER = "-H 'Content-Type: application/json' ";

  /// What the service may take for one answer before it is called something else.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private record Candidate(String path, boolean header, String body, String probeBody) {}

  private final JsonMapper json;

  public CurlLine(JsonMapper json) {
    this.json = json;
  }

  /// The line for the service at this URL. Sends one to six small requests.
  public String find(String endpoint) {
    String plain = "curl " + endpoint + "/";
    Optional<String> models = ask(endpoint + "/v1/models", false, null);
    if (models.isEmpty()) {
      return plain;
    }
    for (Candidate candidate : candidates(firstModel(models.get()))) {
      if (ask(endpoint + candidate.path(), candidate.header(), candidate.probeBody()).isPresent()) {
        return "curl %s%s %s-d '%s'"
            .formatted(
                endpoint,
                candidate.path(),
                candidate.header() ? JSON_HEADER : "",
                candidate.body());
      }
    }
    return "curl " + endpoint + "/v1/models";
  }

  private static List<Candidate> candidates(String model) {
    List<Candidate> candidates = new ArrayList<>();
    candidates.add(chat(false, ""));
    String named = "\"model\":\"" + model + "\",";
    boolean quotable = model.matches("[\\w./:@-]+");
    if (quotable) {
      candidates.add(chat(true, named));
    }
    String input = "\"input\":\"Hello\"}";
    candidates.add(embeddings(false, "{" + input));
    if (quotable) {
      candidates.add(embeddings(true, "{" + named + input));
    }
    return candidates;
  }

  private static Candidate chat(boolean header, String model) {
    return new Candidate(
        CHAT,
        header,
        "{" + model + QUESTION + "}",
        "{" + model + "\"max_tokens\":1," + QUESTION + "}");
  }

  private static Candidate embeddings(boolean header, String body) {
    return new Candidate("/v1/embeddings", header, body, body);
  }

  private String firstModel(String models) {
    try {
      return json.readTree(models).at("/data/0/id").asString("");
    } catch (JacksonException notJson) {
      return "";
    }
  }

  /// The body of a good answer.
  ///
  /// @param body null means GET
  private static Optional<String> ask(String url, boolean header, @Nullable String body) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout((int) PATIENCE.toMillis());
      connection.setReadTimeout((int) PATIENCE.toMillis());
      connection.setInstanceFollowRedirects(false);
      if (body != null) {
        connection.setDoOutput(true);
        connection.setRequestProperty(
            "Content-Type", header ? "application/json" : "application/x-www-form-urlencoded");
        try (var out = connection.getOutputStream()) {
          out.write(body.getBytes(StandardCharsets.UTF_8));
        }
      }
      if (connection.getResponseCode() != 200) {
        connection.disconnect();
        return Optional.empty();
      }
      try (var in = connection.getInputStream()) {
        return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException noAnswer) {
      return Optional.empty();
    }
  }
}
