package io.fleetserve.provider.slurm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fleetserve.api.pki.CertificateName;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/// A controller that hands out bundles by a script: whole, in part, or others. Answers one request
/// after the other.
final class BundleServer implements AutoCloseable {
  private final HttpsServer server;
  private final X509Bundle authority;
  private final Deque<Answer> answers;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /// @param body of which `sent` bytes are sent before the connection is cut
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(byte[] body, int sent) {
    static Answer whole(byte[] body) {
      return new Answer(body, body.length);
    }

    static Answer half(byte[] body) {
      return new Answer(body, body.length / 2);
    }
  }

  /// @param answers in their order; then there is no bundle any more
  BundleServer(Answer... answers) throws Exception {
    this.answers = new ArrayDeque<>(List.of(answers));
    authority =
        new CertificateBuilder()
            .subject("CN=authority " + UUID.randomUUID())
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    X509Bundle own =
        new CertificateBuilder()
            .subject("CN=controller")
            .addSanDnsName(CertificateName.CONTROLLER_HOST)
            .buildIssuedBy(authority);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.toKeyManagerFactory().getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  /// That its certificate comes from, as PEM.
  String authority() {
    return authority.getCertificatePEM();
  }

  /// Path and credentials of each request.
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(
          exchange.getRequestURI().getPath()
              + " "
              + exchange.getRequestHeaders().getFirst("Authorization"));
      Answer next = answers.poll();
      if (next == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      exchange.sendResponseHeaders(200, next.body().length);
      exchange.getResponseBody().write(next.body(), 0, next.sent());
      exchange.getResponseBody().flush();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
