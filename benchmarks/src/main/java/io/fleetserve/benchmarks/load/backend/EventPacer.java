package io.fleetserve.benchmarks.load.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/// Sends each stream one event every 50 ms, confined to one event loop.
///
/// All streams have the same period, so the queue of what is due next is a plain FIFO: the head is
/// sent and put back at the tail, O(1) an event. A new stream joins at the tail with a due time one
/// period from now, which keeps the order. The loop wakes at most every millisecond, therefore a
/// few events share one wake-up as they do in a busy inference server.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write reaches the handler; ticks go on
final class EventPacer {
  /// Between two events of a stream.
  static final long PERIOD_NANOS = 50_000_000;

  private static final byte[] EVENT = chunk();
  private static final int STAMP = new String(EVENT, StandardCharsets.US_ASCII).indexOf('@') + 1;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final EventLoop loop;
  private final Queue<Stream> due = new ArrayDeque<>();
  private boolean ticking;

  EventPacer(EventLoop loop) {
    this.loop = loop;
  }

  /// Adds a channel that has already sent the head of a chunked answer.
  void add(Channel channel) {
    assert loop.inEventLoop();
    due.add(new Stream(channel, System.nanoTime() + PERIOD_NANOS));
    if (!ticking) {
      ticking = true;
      loop.schedule(this::tick, 1, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    long now = System.nanoTime();
    while (!due.isEmpty() && due.element().dueNanos - now <= 0) {
      Stream stream = due.remove();
      if (!stream.channel.isActive()) {
        continue;
      }
      if (stream.channel.isWritable()) { // a reader that stalls loses events, not our memory
        stream.channel.writeAndFlush(
            event(stream.channel, stream.dueNanos), stream.channel.voidPromise());
      }
      due.add(new Stream(stream.channel, stream.dueNanos + PERIOD_NANOS));
    }
    if (due.isEmpty()) {
      ticking = false;
    } else {
      loop.schedule(this::tick, 1, TimeUnit.MILLISECONDS);
    }
  }

  /// The time in the event is when it was due, so that a delay of the sender counts as well.
  private static ByteBuf event(Channel channel, long dueNanos) {
    ByteBuf buffer = channel.alloc().directBuffer(EVENT.length).writeBytes(EVENT);
    for (int digit = 0; digit < 16; digit++) {
      buffer.setByte(STAMP + digit, HEX[(int) (dueNanos >>> (60 - 4 * digit)) & 15]);
    }
    return buffer;
  }

  private static byte[] chunk() {
    String text =
        """
        data: {"object":"chat.completion.chunk","t":"@%s","choices":[{"index":0,"delta":{"content":" token"}}]}

        """
            .formatted("0".repeat(16));
    return "%x\r\n%s\r\n".formatted(text.length(), text).getBytes(StandardCharsets.US_ASCII);
  }

  private record Stream(Channel channel, long dueNanos) {}
}
