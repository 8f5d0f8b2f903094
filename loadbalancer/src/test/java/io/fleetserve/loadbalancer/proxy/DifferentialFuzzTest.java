package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fleetserve.api.wire.ReplicaEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever clients send, what this proxy forwards means the same to every server behind it:
/// damaged streams go through it to a recorder, and the bytes that arrived there go through another
/// proxy. Both must see the same requests with the same bodies.
final class DifferentialFuzzTest {
  private static final int STREAMS = Scale.of(150, 10_000);
  private static final String LAST =
      "GET /last HTTP/1.1\r\nHost: last\r\nConnection: close\r\n\r\n";

  @TempDir private Path folder;

  /// @param answered complete final answers that the client got with status 200
  private record Passed(List<String> streams, List<WireRequest> requests, int answered) {}

  private static Passed pass(Bed bed, Recorder recorder, String stream) {
    recorder.forget();
    int answered = 0;
    try (RawClient client = bed.client()) {
      client.trySend(stream).trySend(LAST);
      RawClient.Answer answer = client.answer();
      while (answer.status() == 200) {
        answered++;
        answer = client.answer();
      }
    }
    await().pollInterval(Duration.ofMillis(1)).until(() -> recorder.open() == 0);
    List<WireRequest> requests = new ArrayList<>();
    for (String each : recorder.streams()) {
      requests.addAll(WireRequest.read(each).requests());
    }
    return new Passed(recorder.streams(), requests, answered);
  }

  private static Bed bed(Recorder recorder) {
    Bed bed = new Bed();
    bed.rule(rule -> rule.retry(1, true));
    bed.routeTo(List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", recorder.port(), null, false)));
    return bed;
  }

  /// What two parsers must agree on, in an order of its own: answers may overtake each other on
  /// different connections.
  private static List<String> meaning(List<WireRequest> requests) {
    return requests.stream()
        .filter(each -> !each.target().equals("/last"))
        .map(each -> each.method() + " " + each.target() + " " + each.body())
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  /// Nothing that is not canonical leaves the proxy, and no more requests than were answered.
  @Test
  void forwardsOnlyCanonicalRequests() {
    RequestStreams streams = new RequestStreams(1);
    List<String> wrong = new ArrayList<>();
    int forwarded = 0;
    try (Recorder recorder = new Recorder();
        Bed bed = bed(recorder)) {
      for (int i = 0; i < STREAMS; i++) {
        String stream = streams.next();
        Passed passed = pass(bed, recorder, stream);
        forwarded += passed.requests.size();
        boolean canonical =
            passed.streams.stream()
                .map(WireRequest::read)
                .allMatch(each -> each.error().isEmpty() && each.requests().size() <= 1);
        if (!canonical || passed.requests.size() != passed.answered) {
          wrong.add(i + ": " + stream + "\n-> " + passed);
        }
      }
    }

    System.out.printf(Locale.ROOT, "%d streams, %d requests%n", STREAMS, forwarded);
    assertThat(wrong).as("seed 1").isEmpty();
    assertThat(forwarded).isGreaterThan(STREAMS / 2);
  }

  @ParameterizedTest
  @EnumSource
  void anotherProxySeesTheSame(PeerProxy.Kind kind) {
    assumeTrue(kind.isInstalled(), kind + " is not installed");
    RequestStreams streams = new RequestStreams(2);
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    int stricter = 0;
    try (Recorder recorder = new Recorder();
        Bed bed = bed(recorder);
        PeerProxy peer = new PeerProxy(kind, folder)) {
      for (int i = 0; i < STREAMS; i++) {
        String stream = streams.next();
        Passed passed = pass(bed, recorder, stream);
        if (meaning(passed.requests).isEmpty()) {
          continue;
        }
        compared++;
        StringBuilder raw = new StringBuilder();
        for (String each : passed.streams) {
          if (WireRequest.read(each).isClean() && !each.startsWith("GET /last ")) {
            raw.append(each);
          }
        }
        PeerProxy.Opinion opinion = peer.forward(raw + LAST);
        List<String> theirs = meaning(opinion.requests());
        List<String> ours = new ArrayList<>(meaning(passed.requests));
        if (opinion.refused()) {
          // Stricter in something: what it forwarded before must still be ours.
          stricter++;
          ours.retainAll(theirs);
        }
        if (!theirs.equals(ours)) {
          wrong.add(i + ": " + raw + "\n-> " + theirs);
        }
      }
    }

    System.out.printf(
        Locale.ROOT, "%s: %d streams compared, refuses in %d%n", kind, compared, stricter);
    assertThat(wrong).as("seed 2").isEmpty();
    assertThat(stricter).isLessThanOrEqualTo(compared / 20);
    assertThat(compared).isGreaterThan(STREAMS / 4);
  }
}
