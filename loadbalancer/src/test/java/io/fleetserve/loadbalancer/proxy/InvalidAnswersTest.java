package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.loadbalancer.proxy.Corpus.ReplicaAnswer;
import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReplicaConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// More than sixty ways of a replica to answer wrongly, in one piece and in small ones: none is
/// forwarded raw, and no connection that had one is used again.
@SuppressWarnings("StringConcatToTextBlock")
final class InvalidAnswersTest {
  private static final String POST = "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3\r\n\r\nabc";

  private static void send(ReplicaAnswer answer, int pieceBytes, ReplicaConnection to)
      throws IOException {
    String bytes = answer.bytes();
    for (int at = 0; at < bytes.length(); at += pieceBytes) {
      to.send(bytes.substring(at, Math.min(bytes.length(), at + pieceBytes)));
    }
    switch (answer.end()) {
      case "fin" -> to.close();
      case "rst" -> to.reset();
      default -> {}
    }
  }

  private static boolean isRight(ReplicaAnswer answer, RawClient.Answer got) {
    boolean own = got.status() == 502 && got.body().contains("\"error\"") && got.complete();
    return switch (answer.verdict()) {
      case "refuse" -> own;
      case "cut" -> own || (got.status() == 200 && !got.complete());
      case "once" -> got.status() == 200 && got.complete() && got.body().equals("abc");
      default -> throw new IllegalArgumentException(answer.verdict());
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000_000, 23})
  void noneIsForwardedRaw(int pieceBytes) {
    List<String> wrong = new ArrayList<>();
    try (Bed bed = new Bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();
      for (ReplicaAnswer answer : Corpus.answers("answers.txt")) {
        replica.script((request, to) -> send(answer, pieceBytes, to));
        // Not repeatable: one attempt, one verdict.
        RawClient.Answer got = bed.send(POST);
        if (!isRight(answer, got)) {
          wrong.add(answer + " -> " + got);
        }
        if (!answer.verdict().equals("once")) {
          // The connections of all others ended by themselves: this one must have been closed.
          await().pollInterval(Duration.ofMillis(2)).until(() -> replica.openConnections() == 0);
        }
        replica.script((request, to) -> to.answer(200, "next", "Connection: close"));
        RawClient.Answer next = bed.send(POST);
        if (!next.body().equals("next")) {
          wrong.add("behind " + answer + " -> " + next);
        }
        if (!answer.verdict().equals("once")) {
          continue;
        }
        // Ends a connection that was kept.
        bed.get("/");
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void tableIsWhole() {
    assertThat(
            Corpus.answers("answers.txt").stream().filter(each -> !each.verdict().equals("once")))
        .hasSizeGreaterThanOrEqualTo(60);
  }
}
