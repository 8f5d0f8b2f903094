package io.fleetserve.benchmarks.load.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.benchmarks.load.backend.BackendServer;
import io.fleetserve.benchmarks.load.wire.Order;
import io.fleetserve.benchmarks.load.wire.Order.Kind;
import io.fleetserve.benchmarks.load.wire.Outcome;
import io.fleetserve.benchmarks.load.wire.Signal;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The real client against the real backend.
final class LoadRunTest {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<Signal.Type> signals = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() throws InterruptedException {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
  }

  @Test
  void countsSmallAnswers() throws InterruptedException {
    Outcome outcome = run(new Order(Kind.CLOSED, open(), false, 4, 0, 10, 200));

    assertThat(signals).containsExactly(Signal.Type.BEGIN, Signal.Type.END);
    assertThat(outcome.errors()).isZero();
    assertThat(outcome.connected()).isEqualTo(4);
    assertThat(outcome.count()).isPositive();
    // The last body may be counted when its answer no longer is, and the other way round.
    assertThat(outcome.bytes()).isBetween((outcome.count() - 4) * 120, (outcome.count() + 4) * 120);
    assertThat(outcome.timeline().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(outcome.count());
  }

  @Test
  void countsEventsOfStreams() throws InterruptedException {
    Outcome outcome = run(new Order(Kind.STREAMS, open(), false, 3, 0, 100, 400));

    assertThat(outcome.errors()).isZero();
    assertThat(outcome.count()).isPositive();
    assertThat(Outcome.decode(outcome.latency()).getTotalCount()).isPositive();
  }

  @Test
  void movesLargeBodiesBothWays() throws InterruptedException {
    Outcome down = run(new Order(Kind.DOWNLOAD, open(), false, 2, 0, 10, 300));
    Outcome up = run(new Order(Kind.UPLOAD, open(), false, 2, 0, 10, 300));

    assertThat(down.errors() + up.errors()).isZero();
    assertThat(down.bytes()).isPositive();
    assertThat(up.bytes()).isPositive();
  }

  @Test
  void keepsIdleConnectionsOpen() throws InterruptedException {
    Outcome outcome = run(new Order(Kind.IDLE, open(), false, 300, 0, 100, 10));

    assertThat(outcome.connected()).isEqualTo(300);
    assertThat(outcome.errors()).isZero();
  }

  private int open() throws InterruptedException {
    return new BackendServer(loops.next()).open(InetAddress.getLoopbackAddress());
  }

  private Outcome run(Order order) {
    var done = new CompletableFuture<Outcome>();
    LoadRun run =
        new LoadRun(
            loops.next(),
            order,
            System::nanoTime,
            signal -> signals.add(signal.type()),
            done::complete,
            reason -> done.completeExceptionally(new IllegalStateException(reason)));
    loops.execute(run::start);
    return done.join();
  }
}
