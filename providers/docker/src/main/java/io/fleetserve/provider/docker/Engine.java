package io.fleetserve.provider.docker;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.transport.HttpAnswer;
import io.fleetserve.provider.transport.HttpBody;
import io.fleetserve.provider.transport.HttpCall;
import io.fleetserve.provider.transport.HttpCaller;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The calls of the Docker Engine API that are used here, version 1.41 (engines from 20.10 on).
///
/// An answer that says no is an [EngineException]; no answer is an `IOException`. Immutable,
/// thread-safe.
record Engine(HttpCaller caller) {
  private static final String VERSION = "/v1.41";
  private static final Duration QUICK = Duration.ofSeconds(20);
  private static final Duration SLOW = Duration.ofSeconds(60);
  private static final Duration PULL = Duration.ofHours(6);

  JsonNode info() throws IOException {
    return json(ok(get("/info")));
  }

  /// Empty when there is none of the name.
  Optional<JsonNode> container(String name) throws IOException {
    HttpAnswer answer = get("/containers/" + encode(name) + "/json");
    return answer.status() == 404 ? Optional.empty() : Optional.of(json(ok(answer)));
  }

  /// All containers, running or not, with the label.
  List<JsonNode> containers(String label) throws IOException {
    String filter = "{\"label\":[" + Json.MAPPER.writeValueAsString(label) + "]}";
    List<JsonNode> found = new ArrayList<>();
    json(ok(get("/containers/json?all=true&filters=" + encode(filter)))).forEach(found::add);
    return found;
  }

  void create(String name, JsonNode container) throws IOException {
    ok(post("/containers/create?name=" + encode(name), HttpBody.json(container.toString()), SLOW));
  }

  void start(String name) throws IOException {
    ok(post("/containers/" + encode(name) + "/start", null, SLOW));
  }

  /// Kills it and removes it with its anonymous volumes; not found is success.
  void remove(String name) throws IOException {
    HttpAnswer answer =
        send(HttpCall.delete(target("/containers/" + encode(name) + "?force=true&v=true"), SLOW));
    boolean underWay = answer.status() == 409 && message(answer).contains("already in progress");
    if (answer.status() != 404 && !underWay) {
      ok(answer);
    }
  }

  /// Puts the files of a tar below a folder of a container that need not run.
  void put(String name, String folder, HttpBody tar) throws IOException {
    String resource = "/containers/" + encode(name) + "/archive?path=" + encode(folder);
    ok(send(new HttpCall("PUT", target(resource), Map.of(), tar, PULL)));
  }

  /// Whether there is such a file in a container.
  boolean has(String name, String path) throws IOException {
    String resource = "/containers/" + encode(name) + "/archive?path=" + encode(path);
    HttpAnswer answer = send(new HttpCall("HEAD", target(resource), Map.of(), null, QUICK));
    return answer.ok();
  }

  boolean hasImage(String image) throws IOException {
    HttpAnswer answer = get("/images/" + encode(image).replace("%2F", "/") + "/json");
    return answer.status() != 404 && ok(answer).ok();
  }

  /// The last lines of what a container printed.
  String output(String name, int lines) throws IOException {
    String query = "/logs?stdout=true&stderr=true&tail=" + lines;
    return LogFrames.text(ok(get("/containers/" + encode(name) + query)).body());
  }

  /// Makes an image of a tar.
  void importImage(String repository, String tag, String change, HttpBody tar) throws IOException {
    String query =
        "fromSrc=-&repo=%s&tag=%s&changes=%s"
            .formatted(encode(repository), encode(tag), encode(change));
    ok(post("/images/create?" + query, tar, SLOW));
  }

  /// Pulls an image; ends when it is there.
  ///
  /// @param credentials value of `X-Registry-Auth`; empty means none
  /// @param progress told of each line that the engine says, on this thread; may throw to give up
  void pull(String image, Optional<String> credentials, Consumer<JsonNode> progress)
      throws IOException {
    int colon = image.lastIndexOf(':');
    boolean named = colon > image.lastIndexOf('/');
    String query =
        image.contains("@")
            ? "fromImage=" + encode(image)
            : "fromImage=%s&tag=%s"
                .formatted(
                    encode(named ? image.substring(0, colon) : image),
                    encode(named ? image.substring(colon + 1) : "latest"));
    Map<String, String> headers =
        credentials.map(value -> Map.of("X-Registry-Auth", value)).orElse(Map.of());
    caller.call(
        new HttpCall("POST", target("/images/create?" + query), headers, null, PULL),
        (status, head, body) -> {
          if (status / 100 != 2) {
            String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            throw new EngineException(status, message(text));
          }
          follow(body, progress);
          return true;
        });
  }

  /// The engine says 200 first and what went wrong later.
  private static void follow(InputStream body, Consumer<JsonNode> progress) {
    try (var lines = Json.MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(body)) {
      while (lines.hasNextValue()) {
        JsonNode line = lines.nextValue();
        if (line.has("error")) {
          throw new EngineException(0, line.path("error").asString(""));
        }
        progress.accept(line);
      }
    }
  }

  private HttpAnswer get(String resource) throws IOException {
    return send(HttpCall.get(target(resource), QUICK));
  }

  private HttpAnswer post(
      String resource, @org.jspecify.annotations.Nullable HttpBody body, Duration timeout)
      throws IOException {
    return send(HttpCall.post(target(resource), body, timeout));
  }

  private HttpAnswer send(HttpCall call) throws IOException {
    return caller.call(call);
  }

  private static String target(String resource) {
    return VERSION + resource;
  }

  private static HttpAnswer ok(HttpAnswer answer) {
    if (!answer.ok()) {
      throw new EngineException(answer.status(), message(answer));
    }
    return answer;
  }

  private static JsonNode json(HttpAnswer answer) throws IOException {
    try {
      return Json.MAPPER.readTree(answer.body());
    } catch (JacksonException e) {
      throw new IOException("the engine's answer is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String message(HttpAnswer answer) {
    return message(answer.text());
  }

  private static String message(String text) {
    try {
      return Json.MAPPER.readTree(text).path("message").asString(text);
    } catch (JacksonException plain) {
      return text;
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
