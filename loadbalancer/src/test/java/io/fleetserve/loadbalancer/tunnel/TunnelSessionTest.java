package io.fleetserve.loadbalancer.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// In virtual time.
final class TunnelSessionTest {
  private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private int ready;
  private int closed;

  TunnelSessionTest() {
    channel.freezeTime();
    TunnelSession.Listener listener =
        new TunnelSession.Listener() {
          @Override
          public void onReady(TunnelSession session) {
            ready++;
          }

          @Override
          public void onClosed(TunnelSession session) {
            closed++;
          }
        };
    channel.pipeline().addLast(new TunnelSession(channel.eventLoop(), Long.MAX_VALUE, listener));
  }

  @AfterEach
  void end() {
    channel.finishAndReleaseAll();
  }

  private void pass(int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void agentThatNeverGreetsIsCutOff() {
    pass(14);
    assertThat(channel.isOpen()).isTrue();

    pass(2);

    assertThat(channel.isOpen()).isFalse();
    assertThat(closed).isEqualTo(1);
    assertThat(ready).isZero();
  }

  @Test
  void agentThatGreetsStays() {
    channel.writeInbound(Unpooled.wrappedBuffer(EMPTY_SETTINGS));
    assertThat(ready).isEqualTo(1);

    pass(3600);

    assertThat(channel.isOpen()).isTrue();
  }
}
