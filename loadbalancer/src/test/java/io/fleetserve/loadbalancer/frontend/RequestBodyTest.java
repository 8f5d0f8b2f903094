package io.fleetserve.loadbalancer.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RequestBodyTest {
  private static final int BOUND = 1 << 20;

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
  private final RequestBody body = new RequestBody(BOUND);
  private final List<ByteBuf> written = new ArrayList<>();
  private final Upstream replica =
      (Upstream)
          Proxy.newProxyInstance(
              Upstream.class.getClassLoader(),
              new Class<?>[] {Upstream.class},
              (_, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("write");
                written.add((ByteBuf) arguments[0]);
                return null;
              });

  @Test
  void bodyThatComesAByteAtATimeTakesNotMuchMoreMemoryThanItsBytes() {
    int bytes = 100_000;
    for (int i = 0; i < bytes; i++) {
      body.add(Unpooled.wrappedBuffer(new byte[] {(byte) i}), allocator);
    }

    assertThat(body.buffered()).isEqualTo(bytes);
    assertThat(allocator.metric().usedHeapMemory()).isLessThan(2L * bytes);
    body.sendAll(replica);
    assertThat(written).hasSizeLessThan(bytes / 1000);
    assertThat(sent()).isEqualTo(counted(bytes));
    body.forget();
    assertThat(allocator.metric().usedHeapMemory()).isZero();
  }

  @Test
  void singleSmallPieceTakesNoMoreThanItsBytes() {
    body.add(Unpooled.wrappedBuffer(new byte[100]), allocator);

    assertThat(allocator.metric().usedHeapMemory()).isEqualTo(100);
    body.forget();
  }

  /// Large ones are kept as they came, small ones are copied; what is on its way to one replica
  /// does not change while more comes.
  @Test
  void piecesOfAllSizesGoOutInTheirOrderAndOnceMore() {
    long seed = 11;
    Random random = new Random(seed);
    int total = 0;
    List<Integer> sizes = new ArrayList<>();
    while (total < BOUND / 2) {
      int size = 1 + random.nextInt(random.nextBoolean() ? 40 : 3000);
      sizes.add(size);
      ByteBuf piece = Unpooled.wrappedBuffer(counted(total, size));
      if (sizes.size() == 100) {
        body.sendAll(replica);
      }
      if (sizes.size() < 100) {
        body.add(piece, allocator);
      } else {
        body.forward(piece, replica, ByteBufAllocator.DEFAULT);
      }
      total += size;
    }

    assertThat(sent()).as("seed %d", seed).isEqualTo(counted(total));
    assertThat(body.isKept()).isTrue();
    body.sendAll(replica);
    assertThat(sent()).as("again, seed %d", seed).isEqualTo(counted(total));
    body.forget();
  }

  /// All that was written until now.
  private byte[] sent() {
    ByteBuf all = Unpooled.wrappedBuffer(written.toArray(ByteBuf[]::new));
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes).release();
    written.clear();
    return bytes;
  }

  private static byte[] counted(int bytes) {
    return counted(0, bytes);
  }

  private static byte[] counted(int first, int bytes) {
    byte[] all = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      all[i] = (byte) (first + i);
    }
    return all;
  }
}
