package io.fleetserve.benchmarks.load.subject;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What every subject is told.
///
/// @param port to listen on at 127.0.0.1
/// @param host of the backends
/// @param backends their ports, each a replica
/// @param certificate of its port; null means plain HTTP
/// @param loops event loops, worker processes or threads, 1-64
public record ProxySettings(
    int port, String host, List<Integer> backends, @Nullable Certificate certificate, int loops) {
  /// Connections each subject must be able to hold, and the open files it may use.
  static final int CONNECTIONS = 12_000;

  static final int OPEN_FILES = 20_000;

  /// A port without TLS, before backends of this machine.
  public ProxySettings(int port, List<Integer> backends, int loops) {
    this(port, backends, null, loops);
  }

  /// Before backends of this machine.
  public ProxySettings(
      int port, List<Integer> backends, @Nullable Certificate certificate, int loops) {
    this(port, "127.0.0.1", backends, certificate, loops);
  }

  public ProxySettings {
    backends = List.copyOf(backends);
    if (loops < 1 || loops > 64) {
      throw new IllegalArgumentException("loops: " + loops + " (expected: 1-64)");
    }
  }
}
