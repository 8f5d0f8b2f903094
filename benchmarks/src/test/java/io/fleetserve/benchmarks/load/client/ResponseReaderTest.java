package io.fleetserve.benchmarks.load.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResponseReaderTest {
  private static final String ANSWERS =
      """
      HTTP/1.1 100 Continue\r
      \r
      HTTP/1.1 200 OK\r
      content-LENGTH: 5\r
      \r
      helloHTTP/1.1 200 OK\r
      Transfer-Encoding: chunked\r
      \r
      1b\r
      data: "@00000000000004d2"

      \r
      8\r
      data: "@\r
      13\r
      00000000000010e1"

      \r
      0\r
      X-Trailer: 1\r
      \r
      HTTP/1.1 503 Service Unavailable\r
      Content-Length: 0\r
      \r
      """;

  @Test
  void readsAnswersCutAtAnyPlace() {
    byte[] bytes = ANSWERS.getBytes(StandardCharsets.US_ASCII);
    for (int size = 1; size <= bytes.length; size++) {
      Recorder seen = new Recorder();
      ResponseReader reader = new ResponseReader(seen);

      for (int at = 0; at < bytes.length; at += size) {
        ByteBuf piece = Unpooled.wrappedBuffer(bytes, at, Math.min(size, bytes.length - at));
        reader.read(piece);
        assertThat(piece.isReadable()).isFalse();
      }

      assertThat(seen.complete).as("pieces of %d", size).containsExactly(200, 200, 503);
      assertThat(seen.events).as("pieces of %d", size).containsExactly(1234L, 4321L);
      assertThat(seen.bytes).as("pieces of %d", size).isEqualTo(5 + 27 + 8 + 19);
    }
  }

  private static final class Recorder implements ResponseReader.Sink {
    private final List<Long> events = new ArrayList<>();
    private final List<Integer> complete = new ArrayList<>();
    private long bytes;

    @Override
    public void body(int length) {
      bytes += length;
    }

    @Override
    public void event(long stampNanos) {
      events.add(stampNanos);
    }

    @Override
    public void complete(int status) {
      complete.add(status);
    }
  }
}
