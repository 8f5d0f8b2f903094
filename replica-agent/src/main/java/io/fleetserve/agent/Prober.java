package io.fleetserve.agent;

import io.fleetserve.api.spec.ReplicaProtocol;
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
import org.jspecify.annotations.Nullable;

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
    if (rule.protocol() == ReplicaProtocol.HTTP1) {
      int to = port.getAsInt();
      return HttpCall.over(
          connect(rule, to, "http/1.1"),
          TimedSocket.authority(host, to),
          method,
          rule.path(),
          headers,
          content);
    }
    return http2(rule, method, rule.path(), headers, content);
  }

  private ProbeResult health(ProbeRule rule, String service) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>(rule.headers());
    headers.put("content-type", "application/grpc");
    headers.put("grpc-timeout", Math.min(rule.timeoutMillis(), MAX_GRPC_TIMEOUT) + "m");
    byte[] request = GrpcHealth.request(service);
    try (Http2Call call = http2(rule, "POST", GrpcHealth.PATH, headers, request)) {
      byte[] body = call.body(BODY_LIMIT);
      return GrpcHealth.result(
          call.status(), body, call.trailer("grpc-status"), call.trailer("grpc-message"));
    }
  }

  private Http2Call http2(
      ProbeRule rule,
      String method,
      String path,
      Map<String, String> headers,
      byte @Nullable [] content)
      throws IOException {
    int to = port.getAsInt();
    return Http2Call.over(
        connect(rule, to, "h2"),
        rule.tls() ? "https" : "http",
        TimedSocket.authority(host, to),
        method,
        path,
        headers,
        content);
  }

  private TimedSocket connect(ProbeRule rule, int to, String protocol) throws IOException {
    return rule.tls()
        ? TimedSocket.connectTls(host, to, protocol, rule.timeoutMillis())
        : TimedSocket.connect(host, to, rule.timeoutMillis());
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
