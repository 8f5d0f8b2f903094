package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.LoadBalancerBoot.ForwardedHeaders;
import io.fleetserve.api.wire.LoadBalancerBoot.Limits;
import io.fleetserve.api.wire.LoadBalancerBoot.Options;
import io.fleetserve.api.wire.LoadBalancerBoot.Tracing;
import io.fleetserve.loadbalancer.control.Collector.ReceivedSpan;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Spans from a request to a collector (W3C Trace Context, OTLP/HTTP).
final class TracingTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String GIVEN = "00-" + TRACE + "-" + PARENT + "-01";

  private static Options traced(Collector collector, double ratio) {
    return new Options(
        600_000,
        null,
        Limits.DEFAULT,
        List.of(),
        ForwardedHeaders.X_FORWARDED,
        new Tracing(collector.endpoint(), ratio),
        List.of());
  }

  private static Path folder(Path temp) throws Exception {
    return Files.createDirectory(temp.resolve("lb"));
  }

  private static void get(Standing standing, String path, String traceparent) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + standing.port + path));
    if (!traceparent.isEmpty()) {
      request.header("traceparent", traceparent);
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(request.build(), HttpResponse.BodyHandlers.discarding());
    }
  }

  private static String sentOn(Standing standing, String path) {
    return standing.replica.received().stream()
        .filter(request -> request.target().equals(path))
        .reduce((_, last) -> last)
        .orElseThrow()
        .field("traceparent")
        .orElse("");
  }

  private static List<ReceivedSpan> spansOf(Collector collector, String traceId, int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            collector.spans.stream().filter(span -> span.traceId().equals(traceId)).count()
                == count);
    return collector.spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
  }

  @Test
  void aTraceOfTheClientGoesOnThroughUs(@TempDir Path temp) throws Exception {
    try (Collector collector = new Collector();
        Standing standing = new Standing(folder(temp), 0, 0, traced(collector, 0))) {
      get(standing, "/a?secret=1", GIVEN);

      List<ReceivedSpan> spans = spansOf(collector, TRACE, 2);
      ReceivedSpan server =
          spans.stream().filter(span -> span.kind() == Collector.SERVER).findFirst().orElseThrow();
      ReceivedSpan attempt =
          spans.stream().filter(span -> span.kind() == Collector.CLIENT).findFirst().orElseThrow();
      assertThat(server.parentId()).isEqualTo(PARENT);
      assertThat(server.name()).isEqualTo("GET");
      assertThat(server.attributes())
          .containsEntry("url.path", "/a")
          .containsEntry("http.response.status_code", "200")
          .containsEntry("fleetserve.service", "svc")
          .containsEntry("fleetserve.outcome", "ok");
      assertThat(attempt.parentId()).isEqualTo(server.id());
      assertThat(attempt.attributes()).containsEntry("fleetserve.replica", "1");
      assertThat(attempt.startNanos()).isGreaterThanOrEqualTo(server.startNanos());
      assertThat(attempt.endNanos()).isLessThanOrEqualTo(server.endNanos());
      assertThat(sentOn(standing, "/a?secret=1"))
          .isEqualTo("00-" + TRACE + "-" + server.id() + "-01");
    }
  }

  @Test
  void eachAttemptHasItsSpan(@TempDir Path temp) throws Exception {
    try (Collector collector = new Collector();
        Standing standing = new Standing(folder(temp), 0, 0, traced(collector, 1))) {
      AtomicBoolean failed = new AtomicBoolean();
      standing.replica.script((request, connection) -> {
        if (request.target().equals("/again") && failed.compareAndSet(false, true)) {
          connection.reset();
        } else {
          connection.answer(200, "ok");
        }
      });

      get(standing, "/again", GIVEN);

      List<ReceivedSpan> attempts =
          spansOf(collector, TRACE, 3).stream()
              .filter(span -> span.kind() == Collector.CLIENT)
              .sorted(java.util.Comparator.comparingLong(ReceivedSpan::startNanos))
              .toList();
      assertThat(attempts.getFirst().status()).isEqualTo(Collector.ERROR);
      assertThat(attempts.getFirst().attributes()).containsKey("error.type");
      assertThat(attempts.getLast().attributes()).containsEntry("http.request.resend_count", "1");
    }
  }

  /// The lowest bit of the flags is "sampled"; the next one says that the id is random.
  @Test
  void aShareOfTheOthersIsSampledAndTheClientsWordCounts(@TempDir Path temp) throws Exception {
    try (Collector collector = new Collector();
        Standing standing = new Standing(folder(temp), 0, 0, traced(collector, 0))) {
      get(standing, "/none", "");
      get(standing, "/not", "00-" + TRACE + "-" + PARENT + "-00");
      get(standing, "/wrong", "00-" + "0".repeat(32) + "-" + PARENT + "-01");

      assertThat(sentOn(standing, "/none")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[02]");
      assertThat(sentOn(standing, "/not")).matches("00-" + TRACE + "-[0-9a-f]{16}-0[02]");
      assertThat(sentOn(standing, "/wrong")).matches("00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-0[02]");
    }
  }

  @Test
  void withoutTracingTheClientsFieldPassesUntouched(@TempDir Path temp) throws Exception {
    try (Standing standing = new Standing(folder(temp), 0, 0)) {
      get(standing, "/plain", GIVEN);

      assertThat(sentOn(standing, "/plain")).isEqualTo(GIVEN);
    }
  }

  @Test
  void aCollectorThatIsGoneCostsNoRequest(@TempDir Path temp) throws Exception {
    Collector collector = new Collector();
    Options options = traced(collector, 1);
    collector.close();
    try (Standing standing = new Standing(folder(temp), 0, 0, options)) {
      for (int i = 0; i < 20; i++) {
        assertThat(standing.get("http://127.0.0.1:" + standing.port + "/").statusCode())
            .isEqualTo(200);
      }
    }
  }
}
