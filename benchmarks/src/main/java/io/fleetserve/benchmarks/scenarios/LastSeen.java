package io.fleetserve.benchmarks.scenarios;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A client that notes when something of one replica came last. One thread runs it, any reads.
final class LastSeen {
  private final String words;
  private volatile long nanos;
  private volatile boolean stopped;

  /// @param words in each line of the replica, and of no other
  LastSeen(String words) {
    this.words = words;
  }

  boolean any() {
    return nanos != 0;
  }

  /// By `System.nanoTime`; 0 when there was nothing.
  long nanos() {
    return nanos;
  }

  void stop() {
    stopped = true;
  }

  /// Reads one stream until it ends: when its last line came.
  void follow(HttpClient client, URI url) {
    HttpRequest request = request(url.resolve("/stream"));
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body(),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null && !stopped; line = lines.readLine()) {
        if (line.equals(words)) {
          nanos = System.nanoTime();
        }
      }
    } catch (IOException cut) {
      // As it should be.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Asks again and again: when the last request that it answered was sent.
  void ask(HttpClient client, URI url) {
    while (!stopped) {
      long sent = System.nanoTime();
      try {
        String answer =
            client.send(request(url), HttpResponse.BodyHandlers.ofString()).body().strip();
        if (answer.equals(words)) {
          nanos = sent;
        }
      } catch (IOException cut) {
        // By what is being measured.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static HttpRequest request(URI url) {
    return HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(60)).build();
  }
}
