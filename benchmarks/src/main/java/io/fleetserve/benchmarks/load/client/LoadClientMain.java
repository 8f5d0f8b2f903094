package io.fleetserve.benchmarks.load.client;

import io.fleetserve.benchmarks.load.wire.Order;
import io.fleetserve.benchmarks.load.wire.Signal;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import tools.jackson.databind.json.JsonMapper;

/// Carries out one [Order] a line of standard input after the other and answers with [Signal]s on
/// standard output. Stays alive between orders, so its code is warm. Ends when the input ends.
public final class LoadClientMain {
  private static final JsonMapper JSON = JsonMapper.shared();

  private LoadClientMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try (BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      say(Signal.of(Signal.Type.READY));
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        Order order = JSON.readValue(line, Order.class);
        var done = new CompletableFuture<Signal>();
        LoadRun run =
            new LoadRun(
                loops.next(),
                order,
                System::nanoTime,
                LoadClientMain::say,
                outcome -> done.complete(Signal.result(outcome)),
                reason -> done.complete(Signal.failed(reason)));
        loops.execute(run::start);
        say(done.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("an order ended without a signal", e);
    } finally {
      loops.shutdownGracefully().sync();
    }
  }

  private static void say(Signal signal) {
    System.out.println(JSON.writeValueAsString(signal));
  }
}
