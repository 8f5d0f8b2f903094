package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.ReplicaEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Ways to hide a Transfer-Encoding from one of two servers: odd bytes around its name and value,
/// beside a Content-Length that says something else. Whichever of the two a server believes, a
/// second request hides behind the first.
@SuppressWarnings("StringConcatToTextBlock")
final class SmugglingTest {
  private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: b\r\n\r\n";

  /// Lines of the header, each with one peculiarity.
  private static List<String> lines() {
    List<String> lines = new ArrayList<>();
    List<Integer> odd = new ArrayList<>();
    for (int c = 0; c <= 0x20; c++) {
      odd.add(c);
    }
    odd.addAll(List.of(0x22, 0x27, 0x2c, 0x3b, 0x5c, 0x5f, 0x7f, 0x80, 0x85, 0xa0, 0xff));
    for (int code : odd) {
      char c = (char) code;
      lines.add(c + "Transfer-Encoding: chunked");
      lines.add("Transfer" + c + "Encoding: chunked");
      lines.add("Transfer-Encoding" + c + ": chunked");
      lines.add("Transfer-Encoding:" + c + "chunked");
      lines.add("Transfer-Encoding: " + c + "chunked");
      lines.add("Transfer-Encoding: chunked" + c);
      lines.add("Transfer-Encoding: ch" + c + "unked");
      lines.add("Transfer-Encoding: x" + c + "chunked");
      lines.add("X: y" + c + "\r\nTransfer-Encoding: chunked");
      lines.add("X: y\r" + c + "Transfer-Encoding: chunked");
      lines.add("X: y\n" + c + "Transfer-Encoding: chunked");
      lines.add("Transfer-Encoding: chunked\r\nTransfer-Encoding: " + c);
      lines.add("Transfer-Encoding:\r\n" + c + "chunked");
    }
    return lines;
  }

  @Test
  void noRequestHidesInTheBodyOfAnother() {
    List<String> wrong = new ArrayList<>();
    int forwarded = 0;
    try (Recorder recorder = new Recorder();
        Bed bed = new Bed()) {
      bed.routeTo(List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", recorder.port(), null, false)));
      for (String line : lines()) {
        String body = "0\r\n\r\n" + HIDDEN;
        String message =
            "POST /seen HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                + body.length()
                + "\r\n"
                + line
                + "\r\n\r\n"
                + body;
        recorder.forget();
        RawClient.Answer answer = bed.send(message);
        await().pollInterval(Duration.ofMillis(2)).until(() -> recorder.open() == 0);
        for (String stream : recorder.streams()) {
          WireRequest.Stream read = WireRequest.read(stream);
          boolean right =
              read.isClean()
                  && read.requests().size() == 1
                  && read.requests().getFirst().body().equals(body)
                  && read.requests().getFirst().field("transfer-encoding").isEmpty();
          if (!right) {
            wrong.add(line + " -> " + stream);
          }
          forwarded++;
        }
        if (answer.status() != 200 && !recorder.streams().isEmpty()) {
          wrong.add(line + " refused after " + recorder.streams());
        }
      }
    }

    assertThat(wrong).isEmpty();
    // Names that are tokens of their own: other fields, of no meaning to anybody.
    assertThat(forwarded).isBetween(1, 60);
  }
}
