package io.fleetserve.loadbalancer.proxy;

import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.lane.Transport;
import java.util.List;

/// What the Autobahn test suite (`-Pnightly`) speaks to: the proxy with an echo server behind it,
/// until the program ends.
public final class AutobahnServer {
  private AutobahnServer() {}

  /// Starts.
  ///
  /// @param args the port of the proxy
  public static void main(String[] args) throws InterruptedException {
    try (EchoWebSocket echo = new EchoWebSocket();
        Bed bed =
            new Bed(Bed.SETTINGS, Transport.of(TransportKind.AUTO, 2), Integer.parseInt(args[0]))) {
      bed.routeTo(List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", echo.port(), null, false)));
      Thread.currentThread().join();
    }
  }
}
