package io.fleetserve.loadbalancer.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fleetserve.loadbalancer.admin.ProtobufMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// An OpenTelemetry collector that keeps what it gets by OTLP/HTTP, decoded by the field numbers of
/// `opentelemetry/proto/trace/v1/trace.proto`.
final class Collector implements AutoCloseable {
  static final int SERVER = 2;
  static final int CLIENT = 3;
  static final int ERROR = 2;

  final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  /// A span.
  ///
  /// @param attributes texts, and numbers as texts
  record ReceivedSpan(
      String traceId,
      String id,
      String parentId,
      String name,
      int kind,
      long startNanos,
      long endNanos,
      int status,
      Map<String, String> attributes) {
    ReceivedSpan {
      attributes = Map.copyOf(attributes);
    }

    static ReceivedSpan of(ProtobufMessage span) {
      Map<String, String> attributes = new TreeMap<>();
      for (ProtobufMessage attribute : span.messages(9)) {
        ProtobufMessage value = attribute.messages(2).getFirst();
        attributes.put(
            attribute.text(1),
            value.fields().containsKey(1) ? value.text(1) : String.valueOf(value.number(3)));
      }
      HexFormat hex = HexFormat.of();
      return new ReceivedSpan(
          hex.formatHex(span.bytes(1)),
          hex.formatHex(span.bytes(2)),
          hex.formatHex(span.bytes(4)),
          span.text(5),
          (int) span.number(6),
          span.number(7),
          span.number(8),
          (int) span.messages(15).stream().mapToLong(status -> status.number(3)).sum(),
          attributes);
    }
  }

  Collector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  private void take(HttpExchange exchange) throws IOException {
    ProtobufMessage request = ProtobufMessage.of(exchange.getRequestBody().readAllBytes());
    for (ProtobufMessage resource : request.messages(1)) {
      for (ProtobufMessage scope : resource.messages(2)) {
        scope.messages(2).forEach(span -> spans.add(ReceivedSpan.of(span)));
      }
    }
    exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
