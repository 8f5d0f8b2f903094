package io.fleetserve.examples.embeddings;

import ai.onnxruntime.OrtException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The routes. Thread-safe.
final class EmbeddingsApi implements HttpHandler {
  static final String MODEL = "all-minilm-l6-v2";

  private static final int MAX_BODY_BYTES = 4 << 20;
  private static final String JSON = "application/json; charset=utf-8";
  private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";

  private final CompletableFuture<Encoder> encoder;
  private final LongAdder texts = new LongAdder();
  private final LongAdder tokens = new LongAdder();
  private final LongAdder processing = new LongAdder();

  EmbeddingsApi(CompletableFuture<Encoder> encoder) {
    this.encoder = encoder;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        route(exchange, exchange.getRequestMethod(), exchange.getRequestURI().getPath());
      } catch (ApiError e) {
        send(exchange, e.status(), JSON, e.json().toString());
      }
    }
  }

  private void route(HttpExchange exchange, String method, String path) throws IOException {
    switch (path) {
      case "/health" -> {
        only("GET", method, path);
        loaded();
        send(exchange, 200, JSON, "{\"status\":\"ok\"}");
      }
      case "/metrics" -> {
        only("GET", method, path);
        send(exchange, 200, PLAIN, metrics());
      }
      case "/v1/models" -> {
        only("GET", method, path);
        send(exchange, 200, JSON, models().toString());
      }
      case "/v1/embeddings" -> {
        only("POST", method, path);
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
          throw ApiError.tooLarge(MAX_BODY_BYTES);
        }
        send(exchange, 200, JSON, embed(EmbeddingRequest.read(body, MODEL)).toString());
      }
      default -> throw ApiError.notFound(path);
    }
  }

  private static void only(String allowed, String method, String path) {
    if (!method.equals(allowed)) {
      throw ApiError.wrongMethod(method, path, allowed);
    }
  }

  private Encoder loaded() {
    if (!encoder.isDone() || encoder.isCompletedExceptionally()) {
      throw ApiError.loading();
    }
    return encoder.join();
  }

  private ObjectNode embed(EmbeddingRequest request) {
    Encoder model = loaded();
    processing.increment();
    try {
      Encoder.Embeddings embeddings = model.embed(request.input());
      texts.add(request.input().size());
      tokens.add(embeddings.tokens());
      return reply(request, embeddings);
    } catch (OrtException e) {
      throw ApiError.internal(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiError.internal(e);
    } finally {
      processing.decrement();
    }
  }

  private static ObjectNode reply(EmbeddingRequest request, Encoder.Embeddings embeddings) {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    List<float[]> vectors = embeddings.vectors();
    for (int i = 0; i < vectors.size(); i++) {
      ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
      if (request.base64()) {
        item.put("embedding", base64(vectors.get(i)));
      } else {
        ArrayNode numbers = item.putArray("embedding");
        for (float number : vectors.get(i)) {
          numbers.add(number);
        }
      }
    }
    body.put("model", request.model());
    body.putObject("usage")
        .put("prompt_tokens", embeddings.tokens())
        .put("total_tokens", embeddings.tokens());
    return body;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static ObjectNode models() {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("object", "list");
    body.putArray("data")
        .addObject()
        .put("id", MODEL)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "sentence-transformers");
    return body;
  }

  private String metrics() {
    return """
    # TYPE embeddings_requests_processing gauge
    embeddings_requests_processing %d
    # TYPE embeddings_texts_total counter
    embeddings_texts_total %d
    # TYPE embeddings_tokens_total counter
    embeddings_tokens_total %d
    """
        .formatted(processing.sum(), texts.sum(), tokens.sum());
  }

  private static void send(HttpExchange exchange, int status, String contentType, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
