package io.fleetserve.cli.follow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CurlLineTest {
  private static final String MODELS = "{\"object\":\"list\",\"data\":[{\"id\":\"org/model-7B\"}]}";

  private HttpServer server;
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());

  CurlLineTest() {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void chatServiceIsOfferedItsChatAndAskedForOneToken() {
    answer("/v1/models", false, MODELS);
    answer("/v1/chat/completions", false, "{}");

    assertThat(line())
        .isEqualTo(
            "curl "
                + url()
                + "/v1/chat/completions -d '{\"messages\":[{\"role\":\"user\","
                + "\"content\":\"What is the capital of France?\"}],\"temperature\":0}'");
    assertThat(bodies).last().asString().contains("\"max_tokens\":1");
  }

  @Test
  void serviceThatInsistsOnJsonIsOfferedHeaderAndModel() {
    answer("/v1/models", false, MODELS);
    answer("/v1/chat/completions", true, "{}");

    assertThat(line())
        .contains("-H 'Content-Type: application/json'", "\"model\":\"org/model-7B\"");
  }

  @Test
  void embeddingsServiceIsOfferedEmbeddings() {
    answer("/v1/models", false, MODELS);
    answer("/v1/embeddings", false, "{}");

    assertThat(line()).isEqualTo("curl " + url() + "/v1/embeddings -d '{\"input\":\"Hello\"}'");
  }

  @Test
  void anythingElseIsOfferedAPlainGet() {
    assertThat(line()).isEqualTo("curl " + url() + "/");
  }

  private String line() {
    return new CurlLine(Json.MAPPER).find(url());
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(String path, boolean strict, String body) {
    server.createContext(
        path,
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          boolean json =
              "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
          exchange.sendResponseHeaders(strict && !json ? 415 : 200, body.length());
          try (var out = exchange.getResponseBody()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
          }
        });
  }
}
