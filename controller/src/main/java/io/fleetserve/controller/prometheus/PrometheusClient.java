package io.fleetserve.controller.prometheus;

import io.fleetserve.api.spec.Autoscaling.Query;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks Prometheus servers. Follows no redirect, reads at most 1 MiB. Thread-safe; the HTTP client
/// is made by the first question, since most controllers never ask one.
public final class PrometheusClient implements AutoCloseable {
  private static final long MOST_BYTES = 1 << 20;

  private final Clock clock;
  private @Nullable HttpClient client;
  private boolean closed;

  public PrometheusClient(Clock clock) {
    this.clock = clock;
  }

  /// Asks and waits for the whole answer, at most `deadline`. Never throws.
  public PrometheusAnswer ask(Query query, Duration deadline) {
    HttpClient http = client();
    if (http == null) {
      return new PrometheusAnswer.Nothing("the controller is ending");
    }
    HttpRequest request =
        HttpRequest.newBuilder(address(query.url()))
            .timeout(deadline)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(form(query.expression())))
            .build();
    // The timeout of a request ends with its head; this one bounds the body too.
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      HttpResponse<byte[]> whole = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return PrometheusAnswer.parse(whole.statusCode(), whole.body(), clock.instant());
    } catch (TimeoutException ignored) {
      answer.cancel(true);
      return new PrometheusAnswer.Nothing("no answer within " + deadline.toSeconds() + " s");
    } catch (ExecutionException e) {
      return new PrometheusAnswer.Nothing(why(e.getCause(), deadline));
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return new PrometheusAnswer.Nothing("interrupted");
    }
  }

  private static String why(@Nullable Throwable cause, Duration deadline) {
    return switch (cause) {
      case java.net.http.HttpTimeoutException _ ->
          "no answer within " + deadline.toSeconds() + " s";
      case java.net.ConnectException _ -> "no connection";
      case IOException e when e.getMessage() != null -> String.valueOf(e.getMessage());
      case null -> "failed";
      default -> cause.getClass().getSimpleName();
    };
  }

  private static URI address(URI server) {
    String base = server.toString();
    return URI.create(
        (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/api/v1/query");
  }

  private static String form(String expression) {
    return "query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8);
  }

  private synchronized @Nullable HttpClient client() {
    if (client == null && !closed) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
    }
    return client;
  }

  /// Ends what is under way.
  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.shutdownNow();
      client = null;
    }
  }
}
