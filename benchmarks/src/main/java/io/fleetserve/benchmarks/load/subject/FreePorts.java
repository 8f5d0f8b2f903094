package io.fleetserve.benchmarks.load.subject;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Finds loopback ports for programs that cannot pick one themselves.
///
/// They lie below the range from which the kernel takes ports for outgoing connections, so that
/// none of the thousands of client connections can take the port of a subject that is being
/// restarted.
public final class FreePorts {
  private static final int FIRST = 22_000;
  private static final int LAST = 29_999;

  private FreePorts() {}

  public static int next() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException taken) {
        // The next random one.
      }
    }
    throw new IllegalStateException("no free port between " + FIRST + " and " + LAST);
  }
}
