package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentBoot.ProbeRule;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/// Sends probes, one after the other, on a thread of its own. Thread-safe.
final class Prober implements Runnable {
  /// An answer is read this far, so that a healthy server does not see a broken connection.
  private static final int BODY_LIMIT = 64 << 10;

  /// The header has room for eight digits.
  private static final long MAX_GRPC_TIMEOUT = 99_999_999;

  private final String host;
  private final IntSupplier port;
  private final Consumer<ReplicaEvent> events;
  private final BlockingQueue<ReplicaAction.SendProbe> wanted = new LinkedBlockingQueue<>();

  /// @param port asked at each probe: it may be chosen late
  Prober(String host, IntSupplier port, Consumer<ReplicaEvent> events) {
    this.host = host;
    this.port = port;
    this.events = events;
  }

  void send(ReplicaAction.SendProbe probe) {
    wanted.add(probe);
  }

  @Override
  public void run() {
    try {
      while (true) {
        ReplicaAction.SendProbe probe = wanted.take();
        probe(
            probe.rule(), result -> events.accept(new ReplicaEvent.Probed(probe.spawn(), result)));
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends one probe and gives its result away as soon as it is known.
  void probe(ProbeRule rule, Consumer<ProbeResult> result) {
    ProbeAnswer answer;
    String grpcService = rule.grpcService();
    try {
      if (grpcService != null) {
        result.accept(health(rule, grpcService));
        return;
      }
      answer = ask(rule);
    } catch (IOException | RuntimeException e) {
      result.accept(failure(e, rule.timeoutMillis()));
      return;
    }
    try (answer) {
      result.accept(ProbeResult.status(answer.status(), answer.statusText()));
      answer.body(BODY_LIMIT);
    } catch (IOException ignored) {
      // The status has decided.
    }
  }

  private ProbeAnswer ask(ProbeRule rule) throws IOException {
    String body = rule.postData();
    Map<String, String> headers = new LinkedHashMap<>(rule.headers());
    if (body != null && headers.keySet().stream().noneMatch("content-type"::equalsIgnoreCase)) {
      headers.put("Content-Type", "application/json");
    }
    String method = body == null ? "GET" : "POST";
    byte[] content = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
    int to = port.getAsInt();
    long limit = rule.timeoutMillis();
    return switch (rule.protocol()) {
      case HTTP1 -> HttpCall.send(host, to, method, rule.path(), headers, content, limit);
      case H2C -> Http2Call.send(host, to, method, rule.path(), headers, content, limit);
    };
  }

  private ProbeResult health(ProbeRule rule, String service) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>(rule.headers());
    headers.put("content-type", "application/grpc");
    headers.put("grpc-timeout", Math.min(rule.timeoutMillis(), MAX_GRPC_TIMEOUT) + "m");
    try (Http2Call call =
        Http2Call.send(
            host,
            port.getAsInt(),
            "POST",
            GrpcHealth.PATH,
            headers,
            GrpcHealth.request(service),
            rule.timeoutMillis())) {
      byte[] body = call.body(BODY_LIMIT);
      return GrpcHealth.result(
          call.status(), body, call.trailer("grpc-status"), call.trailer("grpc-message"));
    }
  }

  private static ProbeResult failure(Exception error, long timeoutMillis) {
    return switch (error) {
      case ConnectException _ -> new ProbeResult(ProbeResult.Kind.REFUSED, "connection refused");
      case SocketTimeoutException _ ->
          new ProbeResult(
              ProbeResult.Kind.NOT_READY, "no answer within " + timeoutMillis / 1000.0 + " s");
      default ->
          new ProbeResult(
              ProbeResult.Kind.NOT_READY,
              error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage());
    };
  }
}
