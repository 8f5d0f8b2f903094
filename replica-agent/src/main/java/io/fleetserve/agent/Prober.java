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

  /// Sends one probe and gives its result away as soon as the status is known.
  void probe(ProbeRule rule, Consumer<ProbeResult> result) {
    String body = rule.postData();
    Map<String, String> headers = new LinkedHashMap<>(rule.headers());
    if (body != null && headers.keySet().stream().noneMatch("content-type"::equalsIgnoreCase)) {
      headers.put("Content-Type", "application/json");
    }
    HttpCall call;
    try {
      call =
          HttpCall.send(
              host,
              port.getAsInt(),
              body == null ? "GET" : "POST",
              rule.path(),
              headers,
              body == null ? null : body.getBytes(StandardCharsets.UTF_8),
              rule.timeoutMillis());
    } catch (IOException | RuntimeException e) {
      result.accept(failure(e, rule.timeoutMillis()));
      return;
    }
    try (call) {
      result.accept(ProbeResult.status(call.status(), call.statusText()));
      call.body(BODY_LIMIT);
    } catch (IOException ignored) {
      // The status has decided.
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
