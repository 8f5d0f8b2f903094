package io.fleetserve.cli.follow;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waits until a URL's port accepts connections: a service may be ready a moment before a load
/// balancer that was started with it listens.
public final class OpenPort {
  private static final int CONNECT_TIMEOUT_MILLIS = 500;
  private static final long PAUSE_NANOS = 20_000_000;

  private OpenPort() {}

  /// Whether the port accepted a connection within the limit; false too for a URL without a port.
  public static boolean await(String url, Duration limit) {
    URI uri = URI.create(url);
    if (uri.getHost() == null || uri.getPort() <= 0) {
      return false;
    }
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), CONNECT_TIMEOUT_MILLIS);
        return true;
      } catch (IOException refused) {
        if (System.nanoTime() > end) {
          return false;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
