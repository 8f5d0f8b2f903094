package io.fleetserve.benchmarks.load.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.benchmarks.load.wire.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/// One connection, 1,000 requests a second, virtual time.
final class OpenTrafficTest {
  private final MockTicker time = Ticker.newMockTicker();
  private final Tally tally = new Tally(1_000);
  private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(time).build();
  private final OpenTraffic traffic =
      new OpenTraffic(channel.eventLoop(), Requests.get(1, "/small"), 1_000, tally, time::nanoTime);

  @Test
  void aStallCountsForEveryRequestThatWasDueInIt() {
    begin();
    runMillis(100, true);
    runMillis(100, false); // the proxy stalls: 100 requests are due, only one is on its way
    drain();
    Histogram latency = end();

    assertThat(latency.getTotalCount()).isBetween(199L, 201L);
    assertThat(latency.getMaxValue() / 1_000_000).isBetween(99L, 101L);
    assertThat(latency.getCountBetweenValues(50_000_000, 101_000_000))
        .as("half of the stalled requests waited for more than half of the stall")
        .isBetween(49L, 52L);
  }

  @Test
  void requestsWithoutAnAnswerCountWithTheirAge() {
    begin();
    runMillis(50, false);
    Histogram latency = end();

    assertThat(latency.getTotalCount()).isBetween(50L, 51L);
    assertThat(latency.getMaxValue() / 1_000_000).isBetween(49L, 51L);
  }

  @Test
  void theRateHoldsWhileAnswersComeAtOnce() {
    begin();
    runMillis(500, true);
    Outcome outcome = outcome();

    assertThat(outcome.count()).isBetween(499L, 501L);
    assertThat(Outcome.decode(outcome.latency()).getMaxValue()).isLessThan(2_000_000);
    assertThat(outcome.errors()).isZero();
  }

  private void begin() {
    channel.pipeline().addLast(new Connection(channel, traffic, tally, time::nanoTime));
    channel.pipeline().fireChannelActive();
    tally.begin(time.nanoTime());
    traffic.start();
  }

  private void runMillis(int millis, boolean answering) {
    for (int i = 0; i < millis; i++) {
      time.advance(1, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
      if (answering) {
        drain();
      }
    }
  }

  /// Answers what was sent, and what is sent thereupon.
  private void drain() {
    for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
      sent.release();
      channel.writeInbound(
          Unpooled.copiedBuffer(
              "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", StandardCharsets.US_ASCII));
    }
  }

  private Outcome outcome() {
    traffic.finish(time.nanoTime());
    tally.end(time.nanoTime());
    channel.finishAndReleaseAll();
    return tally.outcome(1);
  }

  private Histogram end() {
    return Outcome.decode(outcome().latency());
  }
}
