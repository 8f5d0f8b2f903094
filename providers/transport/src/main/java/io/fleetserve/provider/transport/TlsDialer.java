package io.fleetserve.provider.transport;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Opens connections with TLS, with the host's name checked against its certificate. Immutable,
/// thread-safe.
///
/// A server of TLS 1.3 looks at the client's certificate after the handshake has ended for the
/// client (RFC 8446 section 4.4.2). If it refuses it and closes while the request is being written,
/// its alert may be lost with the connection, and a broken pipe is all that is left. Then
/// [#refusal] connects once more, sends nothing, and so hears the alert.
record TlsDialer(String host, int port, SSLContext context, Duration timeout) implements Dialer {
  private static final Duration HEARING = Duration.ofSeconds(3);

  @Override
  public Wire dial() throws IOException {
    return new SocketWire(handshake(), this::refusal);
  }

  private SSLSocket handshake() throws IOException {
    Socket plain = SocketWire.connect(host, port, timeout);
    try {
      SSLSocket secure =
          (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.setSoTimeout(Math.toIntExact(timeout.toMillis()));
      secure.startHandshake();
      secure.setSoTimeout(0);
      return secure;
    } catch (IOException e) {
      plain.close();
      throw new IOException(host + ":" + port + ": TLS: " + e.getMessage(), e);
    }
  }

  /// What the server has against this client; empty when it waits for a request, as it should.
  private String refusal() {
    try (SSLSocket secure = handshake()) {
      secure.setSoTimeout(Math.toIntExact(HEARING.toMillis()));
      secure.getInputStream().read();
      return "";
    } catch (SocketTimeoutException waiting) {
      return "";
    } catch (SSLException alert) {
      return "TLS: " + alert.getMessage();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
