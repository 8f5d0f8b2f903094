package io.fleetserve.provider.ssh;

import io.fleetserve.provider.ssh.Pool.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the way from agents on hosts to the controller open: connects again where replicas are,
/// and has the same ports there lead to the controller as when the agents were started. Also after
/// a restart of the controller, whose port it has noted down. Thread-safe.
final class Keeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
  private static final long PERIOD_MILLIS = 2_000;

  private final Fleet fleet;
  private final Reservations reservations;
  private final Path portFile;
  private final Thread thread;
  private volatile int controllerPort;

  /// @param portFile remembers the controller's port
  Keeper(Fleet fleet, Reservations reservations, Path portFile) {
    this.fleet = fleet;
    this.reservations = reservations;
    this.portFile = portFile;
    this.controllerPort = remembered(portFile);
    this.thread = Thread.ofVirtual().name("ssh-keeper").start(this::keep);
  }

  private static int remembered(Path file) {
    try {
      String text = Files.exists(file) ? Files.readString(file).strip() : "";
      return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    } catch (IOException unreadable) {
      return 0;
    }
  }

  /// Lays the way for an attempt and notes it down.
  ///
  /// @return loopback port of the host
  int lead(HostLink link, Reservation reservation, int port) throws IOException {
    if (port != controllerPort) {
      Files.writeString(portFile, port + "\n");
      controllerPort = port;
    }
    int there =
        reservation.forwardedPort() != 0
            ? link.forward(reservation.forwardedPort(), port)
            : link.forwarded(port).isPresent() ? link.forwarded(port).get() : link.forward(0, port);
    reservations.put(reservation.withForwardedPort(there));
    return there;
  }

  private void keep() {
    try {
      while (true) {
        for (HostLink link : fleet.all()) {
          keep(link);
        }
        TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(HostLink link) {
    Host host = link.host();
    List<Integer> ports =
        reservations.on(host.place()).stream()
            .map(Reservation::forwardedPort)
            .filter(port -> port != 0)
            .distinct()
            .collect(Collectors.toList());
    try {
      for (int port : ports) {
        link.forward(port, controllerPort);
      }
    } catch (IOException | RuntimeException away) {
      LOG.atDebug()
          .addKeyValue("host", host.place())
          .addKeyValue("reason", away.getMessage())
          .log("no way back from a host");
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
