package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import io.fleetserve.testing.replica.ReplicaConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests of all kinds behind each other on one connection, in random order (RFC 9112 section
/// 9.3.2): interim answers, answers without a body that announce one, and bytes nobody asked for
/// never move an answer to another request.
@SuppressWarnings("StringConcatToTextBlock")
final class PipeliningTest {
  private static final int REQUESTS = 40;

  private enum Kind {
    LENGTH("GET", 200),
    CHUNKS("GET", 200),
    HEAD("HEAD", 200),
    HEAD_HINTED("HEAD", 200),
    NO_CONTENT("GET", 204),
    NOT_MODIFIED("GET", 304),
    HINTED("GET", 200),
    EXTRA("GET", 200),
    CLOSING("GET", 200),
    CONTINUED("POST", 200),
    UPLOAD("POST", 200),
    MISSING("PUT", 404);

    private final String method;
    private final int status;

    Kind(String method, int status) {
      this.method = method;
      this.status = status;
    }

    String request(int id) {
      String head = method + " /" + name() + "/" + id + " HTTP/1.1\r\nHost: svc\r\n";
      return switch (this) {
        case CONTINUED -> head + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n" + five(id);
        case UPLOAD ->
            head + "Transfer-Encoding: chunked\r\n\r\n5\r\n" + five(id) + "\r\n0\r\n\r\n";
        case MISSING -> head + "Content-Length: 5\r\n\r\n" + five(id);
        default -> head + "\r\n";
      };
    }
  }

  private static String five(int id) {
    return String.format(java.util.Locale.ROOT, "%05d", id);
  }

  private static void answer(ReceivedRequest request, ReplicaConnection to) throws IOException {
    String[] target = request.target().split("/", 3);
    String body = five(Integer.parseInt(target[2]));
    String head = "HTTP/1.1 200 OK\r\nX-Id: " + target[2] + "\r\n";
    String length = "Content-Length: 5\r\n\r\n";
    String hints = "HTTP/1.1 103 Early Hints\r\nX-Hint: 1\r\n\r\n";
    switch (Kind.valueOf(target[1])) {
      case LENGTH -> to.send(head + length + body);
      case CHUNKS ->
          to.send(
              head + "Transfer-Encoding: chunked\r\n\r\n5\r\n" + body + "\r\n0\r\nT: 1\r\n\r\n");
      case HEAD -> to.send(head + length);
      case HEAD_HINTED -> to.send(hints + hints + head + "Transfer-Encoding: chunked\r\n\r\n");
      case NO_CONTENT -> to.send(head.replace("200", "204") + "\r\n");
      case NOT_MODIFIED -> to.send(head.replace("200", "304") + "Content-Length: 7\r\n\r\n");
      case HINTED -> to.send(hints + head + length + body);
      case EXTRA -> to.send(head + length + body + "HTTP/1.1 200 OK\r\nX-Id: evil\r\n" + length);
      case CLOSING -> {
        to.send(head + "Connection: close\r\n" + length + body);
        to.close();
      }
      case CONTINUED, UPLOAD -> {
        assertThat(request.body()).isEqualTo(body);
        to.send("HTTP/1.1 100 Continue\r\n\r\n" + head + length + body);
      }
      case MISSING -> to.send(head.replace("200", "404") + length + body);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void answersKeepTheirOrder(long seed) {
    Random random = new Random(seed);
    List<Kind> kinds = new ArrayList<>();
    StringBuilder all = new StringBuilder();
    for (int id = 0; id < REQUESTS; id++) {
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      kinds.add(kind);
      all.append(kind.request(id));
    }
    try (Bed bed = new Bed();
        RawClient client = connect(bed)) {
      Thread.ofVirtual().start(() -> client.trySend(all.toString()));
      for (int id = 0; id < REQUESTS; id++) {
        Kind kind = kinds.get(id);
        RawClient.Answer answer = client.answer(kind.method.equals("HEAD"));

        assertThat(answer.status()).as("seed %d: %d %s", seed, id, kind).isEqualTo(kind.status);
        assertThat(answer.field("x-id")).as("seed %d", seed).contains(String.valueOf(id));
        if (!answer.body().isEmpty()) {
          assertThat(answer.body()).isEqualTo(five(id));
        }
      }
    }
  }

  private static RawClient connect(Bed bed) {
    for (FakeReplica replica : bed.replicas(2)) {
      replica.script(PipeliningTest::answer);
    }
    return bed.client();
  }
}
