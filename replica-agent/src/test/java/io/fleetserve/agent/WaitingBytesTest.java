package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WaitingBytesTest {
  private final WaitingBytes waiting = new WaitingBytes();

  /// What a client that sends a byte at a time may make an agent hold.
  @Test
  void singleBytesShareBuffers() {
    int count = 256 << 10;

    for (int i = 0; i < count; i++) {
      waiting.add(ByteBuffer.wrap(new byte[1]));
    }

    assertThat(waiting.count()).isEqualTo(count);
    assertThat(waiting.capacity()).isLessThan(count + 4096);
    assertThat(waiting.buffers()).isLessThanOrEqualTo(count / 4096 + 1);
  }

  @Test
  void oneByteTakesNoWholeBuffer() {
    waiting.add(ByteBuffer.wrap(new byte[1]));

    assertThat(waiting.capacity()).isEqualTo(1);
  }

  @Test
  void memoryIsBoundedForPiecesOfAnySize() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      waiting.add(ByteBuffer.allocate(random.nextInt(random.nextBoolean() ? 20 : 16 << 10)));
      if (random.nextInt(4) == 0) {
        write(new Sink(random.nextInt(20_000)));
      }

      assertThat(waiting.capacity())
          .as("seed " + seed)
          .isLessThanOrEqualTo(3 * waiting.count() + (32 << 10));
    }
  }

  @Test
  void bytesKeepTheirOrderHoweverTheyComeAndGo() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] all = new byte[1 << 20];
    random.nextBytes(all);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int from = 0;
    int written = 0;
    while (from < all.length || !waiting.isEmpty()) {
      int more = Math.min(all.length - from, random.nextInt(random.nextBoolean() ? 50 : 9_000));
      ByteBuffer piece = ByteBuffer.wrap(all, from, more);
      waiting.add(piece);
      assertThat(piece.hasRemaining()).as("seed " + seed).isFalse();
      from += more;
      if (random.nextBoolean()) {
        Sink sink = new Sink(random.nextInt(10_000));
        written += write(sink);
        out.writeBytes(sink.taken.toByteArray());
        assertThat(written + waiting.count()).as("seed " + seed).isEqualTo(from);
      }
    }

    assertThat(out.toByteArray()).as("seed " + seed).isEqualTo(all);
  }

  private int write(Sink sink) {
    int written = 0;
    try {
      for (int more = waiting.writeTo(sink); more > 0; more = waiting.writeTo(sink)) {
        written += more;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return written;
  }

  /// Takes so many bytes and then none.
  private static final class Sink implements WritableByteChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private int room;

    Sink(int room) {
      this.room = room;
    }

    @Override
    public int write(ByteBuffer from) {
      int count = Math.min(room, from.remaining());
      byte[] bytes = new byte[count];
      from.get(bytes);
      taken.writeBytes(bytes);
      room -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
