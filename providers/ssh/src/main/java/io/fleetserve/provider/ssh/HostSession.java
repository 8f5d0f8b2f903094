package io.fleetserve.provider.ssh;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.host.HostAnswer;
import io.fleetserve.provider.host.HostCall;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;

/// `fleetserve-host` on a host, over one channel: calls out, answers in, matched by their numbers.
/// Thread-safe.
final class HostSession {
  private static final Duration OPEN = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final ChannelExec channel;
  private final OutputStream out;
  private final String place;
  private final ByteArrayOutputStream words;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<HostAnswer>> waiting = new ConcurrentHashMap<>();
  private volatile boolean ended;

  private HostSession(ChannelExec channel, String place, ByteArrayOutputStream words) {
    this.channel = channel;
    this.out = channel.getInvertedIn();
    this.place = place;
    this.words = words;
  }

  static HostSession start(ClientSession session, String command, String place) throws IOException {
    ChannelExec channel = session.createExecChannel(command);
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    channel.setErr(words);
    channel.open().verify(OPEN);
    HostSession started = new HostSession(channel, place, words);
    Thread.ofVirtual().name("ssh-" + place).start(started::read);
    return started;
  }

  boolean isOpen() {
    return !ended && channel.isOpen();
  }

  /// Makes one call and waits for its answer.
  ///
  /// @throws HostAwayException when no answer came: the call may have been carried out
  HostAnswer call(LongFunction<HostCall> numbered) throws HostAwayException {
    long number = numbers.incrementAndGet();
    CompletableFuture<HostAnswer> answer = new CompletableFuture<>();
    waiting.put(number, answer);
    try {
      byte[] line =
          (Json.MAPPER.writeValueAsString(numbered.apply(number)) + "\n")
              .getBytes(StandardCharsets.UTF_8);
      synchronized (out) {
        out.write(line);
        out.flush();
      }
      if (ended) {
        throw new IOException("the session has ended");
      }
      return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostAwayException(place + ": interrupted", e);
    } catch (TimeoutException e) {
      close(); // whatever hangs there: the next call gets a session of its own
      throw new HostAwayException(place + ": no answer within " + ANSWER.toSeconds() + " s", e);
    } catch (IOException | ExecutionException e) {
      throw new HostAwayException(place + ": " + reason(e), e);
    } finally {
      waiting.remove(number);
    }
  }

  private String reason(Exception e) {
    String said = words.toString(StandardCharsets.UTF_8).strip();
    return said.lines()
        .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
        .reduce((_, last) -> last)
        .orElse("the connection broke: " + e.getMessage());
  }

  /// What a login shell prints before, or a program beside, is no answer and is passed over.
  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(channel.getInvertedOut(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("{\"") && line.contains("\"id\":")) {
          HostAnswer answer = Json.MAPPER.readValue(line, HostAnswer.class);
          CompletableFuture<HostAnswer> asked = waiting.get(answer.id());
          if (asked != null) {
            asked.complete(answer);
          }
        }
      }
    } catch (IOException | RuntimeException broken) {
      // told to those who wait, below
    } finally {
      close();
    }
  }

  private void close() {
    ended = true;
    channel.close(true);
    waiting
        .values()
        .forEach(asked -> asked.completeExceptionally(new IOException("the session has ended")));
  }
}
