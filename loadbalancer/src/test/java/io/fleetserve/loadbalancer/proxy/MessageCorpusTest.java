package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.loadbalancer.proxy.Corpus.Message;
import io.fleetserve.loadbalancer.proxy.Corpus.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The corpora of messages through the whole proxy, in one piece and in small ones, in front of a
/// server that records every byte: what is refused never becomes a request there, and what is
/// forwarded has canonical form.
final class MessageCorpusTest {
  /// @param forwarded complete requests at the replica
  /// @param streams all bytes at the replica, a connection each
  private record Outcome(int status, List<WireRequest> forwarded, List<String> streams) {
    boolean isRefused() {
      return status >= 400 && forwarded.isEmpty();
    }
  }

  private static Outcome send(Bed bed, Recorder recorder, String bytes, int pieceBytes) {
    recorder.forget();
    int status;
    try (RawClient client = bed.client()) {
      for (int at = 0; at < bytes.length(); at += pieceBytes) {
        client.trySend(bytes.substring(at, Math.min(bytes.length(), at + pieceBytes)));
      }
      status = client.answer().status();
    }
    await().pollInterval(Duration.ofMillis(2)).until(() -> recorder.open() == 0);
    List<WireRequest> forwarded = new ArrayList<>();
    for (String stream : recorder.streams()) {
      WireRequest.Stream read = WireRequest.read(stream);
      assertThat(read.error()).as(stream).isEmpty();
      forwarded.addAll(read.requests());
    }
    return new Outcome(status, forwarded, recorder.streams());
  }

  private static Bed bed(Recorder recorder) {
    Bed bed = new Bed();
    bed.rule(rule -> rule.retry(1, true));
    bed.routeTo(List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", recorder.port(), null, false)));
    return bed;
  }

  @ParameterizedTest
  @CsvSource({"messages.txt, 1000000", "messages.txt, 23", "probes.txt, 1000000", "probes.txt, 23"})
  void everyMessageHasItsVerdict(String file, int pieceBytes) {
    List<Message> messages = Corpus.messages(file);
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    try (Recorder recorder = new Recorder();
        Bed bed = bed(recorder)) {
      for (Message message : messages) {
        Outcome outcome = send(bed, recorder, message.bytes(), pieceBytes);
        if (outcome.isRefused()) {
          refused++;
        }
        if (!isRight(message, outcome, pieceBytes >= message.bytes().length())) {
          wrong.add(message + " -> " + outcome);
        }
      }
    }

    System.out.printf(
        Locale.ROOT, "%s: %d of %d refused, rest forwarded%n", file, refused, messages.size());
    assertThat(wrong).isEmpty();
    assertThat(refused)
        .isEqualTo(messages.stream().filter(each -> each.verdict() != Verdict.ACCEPT).count());
  }

  /// @param whole it was read at once: then not a byte may go to the replica
  private static boolean isRight(Message message, Outcome outcome, boolean whole) {
    if (message.verdict() != Verdict.ACCEPT) {
      return outcome.isRefused() && (!whole || outcome.streams().isEmpty());
    }
    return outcome.status() == 200
        && outcome.forwarded().size() == 1
        && outcome.forwarded().getFirst().body().equals(message.body())
        && outcome.streams().stream().allMatch(each -> WireRequest.read(each).isClean());
  }

  @Test
  void tablesAreWhole() {
    List<Message> messages = Corpus.messages("messages.txt");

    assertThat(messages).hasSize(88);
    assertThat(messages.stream().filter(each -> each.verdict() != Verdict.ACCEPT))
        .hasSizeGreaterThanOrEqualTo(83);
    assertThat(Corpus.messages("probes.txt")).hasSizeGreaterThanOrEqualTo(200);
  }
}
