package io.fleetserve.benchmarks.load.subject;

import io.fleetserve.agent.Tunnels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;

/// The tunnels of the replica agent without the rest of it, one for each backend.
///
/// Arguments: folder of [TunnelKeys], `host:port` of the load balancer, then the backends' ports on
/// 127.0.0.1.
public final class TunnelAgentMain {
  private TunnelAgentMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    for (int i = 2; i < args.length; i++) {
      int port = Integer.parseInt(args[i]);
      SSLContext context = TunnelKeys.context(folder, i - 1);
      new Tunnels(FakeController.INSTALLATION, () -> context, "127.0.0.1", () -> port)
          .dial(List.of(args[1]));
    }
    new CountDownLatch(1).await();
  }
}
