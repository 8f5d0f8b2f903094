package io.fleetserve.provider.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/// Opens connections to one place. Thread-safe.
@FunctionalInterface
public interface Dialer {
  /// Opens one; the caller closes it.
  ///
  /// @throws IOException when nothing answers there; then nothing was sent
  Wire dial() throws IOException;

  /// A Unix domain socket.
  static Dialer unix(Path socket) {
    return () -> {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new ChannelWire(channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw new IOException(socket + ": " + e.getMessage(), e);
      }
    };
  }

  static Dialer tcp(String host, int port, Duration timeout) {
    return () -> new SocketWire(SocketWire.connect(host, port, timeout), () -> "");
  }

  /// TLS with the host's name checked against its certificate.
  static Dialer tls(String host, int port, SSLContext context, Duration timeout) {
    return new TlsDialer(host, port, context, timeout);
  }

  /// The standard streams of a command, for example `ssh host docker system dial-stdio`.
  static Dialer command(List<String> command) {
    List<String> fixed = List.copyOf(command);
    return () -> ProcessWire.start(fixed);
  }
}
