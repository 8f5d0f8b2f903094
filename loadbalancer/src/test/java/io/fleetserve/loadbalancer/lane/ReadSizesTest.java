package io.fleetserve.loadbalancer.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.RecvByteBufAllocator.Handle;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // so is what Netty's own channels use
final class ReadSizesTest {
  private static final long PLENTY = 1 << 20;

  private final AtomicLong used = new AtomicLong();
  private final Channel channel = new EmbeddedChannel();
  private final Handle handle = new ReadSizes(used::get, PLENTY).newHandle();

  @Test
  void growWithWhatComesAndShrinkBehindIt() {
    assertThat(handle.guess()).isEqualTo(2048);

    fill(30);
    assertThat(handle.guess()).isEqualTo(ReadSizes.LARGEST);

    for (int i = 0; i < 200; i++) {
      read(100);
    }
    assertThat(handle.guess()).isLessThan(1024);
  }

  @Test
  void areShorterWhileBuffersTakeMuchMemory() {
    fill(30);

    used.set(PLENTY);
    assertThat(read(Integer.MAX_VALUE)).isEqualTo(ReadSizes.LARGEST_IN_NEED);

    used.set(PLENTY - 1);
    fill(30);
    assertThat(handle.guess()).isEqualTo(ReadSizes.LARGEST);
  }

  private void fill(int times) {
    for (int i = 0; i < times; i++) {
      read(Integer.MAX_VALUE);
    }
  }

  /// One read of at most so many bytes; returns the room that it had.
  private int read(int bytes) {
    handle.reset(channel.config());
    ByteBuf buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
    int room = buffer.writableBytes();
    buffer.release();
    handle.attemptedBytesRead(room);
    handle.lastBytesRead(Math.min(bytes, room));
    handle.incMessagesRead(1);
    handle.readComplete();
    return room;
  }
}
