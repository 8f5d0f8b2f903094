package io.fleetserve.testing.fleet;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Closed-loop clients in the background, each sending its next request when the last one ended.
/// Thread-safe. The answers are kept, so an assertion can say which request failed and how.
public final class Load implements AutoCloseable {

  /// One finished request.
  ///
  /// @param status 0 when there was no complete answer
  /// @param body of the answer, or the failure
  public record Answer(int status, String body, long millis) {}

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  private Load() {}

  /// Starts `clients` that send what `request` makes until [#stop].
  public static Load start(int clients, Supplier<HttpRequest> request) {
    Load load = new Load();
    CountDownLatch first = new CountDownLatch(clients);
    for (int i = 0; i < clients; i++) {
      load.threads.add(
          Thread.ofVirtual()
              .start(() -> {
                do {
                  load.answers.add(load.send(request.get()));
                  first.countDown();
                } while (!load.stopping);
              }));
    }
    try {
      first.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return load;
  }

  private Answer send(HttpRequest request) {
    long start = System.nanoTime();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(), millisSince(start));
    } catch (IOException e) {
      return new Answer(0, e.toString(), millisSince(start));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer(0, e.toString(), millisSince(start));
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  /// Requests answered so far.
  public int count() {
    return answers.size();
  }

  /// Ends the clients after their current request; returns the answers that are not as wanted.
  public List<Answer> stop(Predicate<Answer> wanted) {
    close();
    return answers.stream().filter(wanted.negate()).toList();
  }

  @Override
  public void close() {
    stopping = true;
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofSeconds(60));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    client.close();
  }
}
