package io.fleetserve.dist;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import io.fleetserve.api.pki.Pem;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.identity.Authority;
import io.fleetserve.controller.identity.ServerKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/// What an agent in training takes for its controller: it joins, dials a tunnel in vain, is told to
/// stop soon after it has reported that its server is ready.
final class StandInController implements AutoCloseable {
  static final String INSTALLATION = "training";

  private static final String PATH = "/api/v1/agents/training/1";
  private static final Duration LIFE = Duration.ofDays(1);

  private final Authority authority;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final String configuration;

  /// @param home where its authority is made
  /// @param rules fields of the JSON object of rules that agents are told
  StandInController(Path home, String rules) throws IOException {
    authority = Authority.in(new HomeFolder(home), INSTALLATION, Clock.systemUTC());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls()));
    server.setExecutor(threads);
    server.createContext(PATH + "/join", this::certify);
    server.createContext(PATH + "/commands", this::commands);
    server.createContext(PATH + "/reports", this::report);
    server.createContext(PATH + "/logs", StandInController::log);
    server.start();
    configuration =
        "{\"version\": 1, %s, \"tunnels\": [\"127.0.0.1:%d\"]}"
            .formatted(rules, server.getAddress().getPort());
  }

  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  /// The authority's certificate, PEM.
  String authority() {
    return Pem.of(authority.certificate());
  }

  private SSLContext tls() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {new ServerKeys(authority, LIFE)}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be used here: " + e.getMessage(), e);
    }
  }

  private void certify(HttpExchange exchange) throws IOException {
    PublicKey key = CertificateRequest.verified(exchange.getRequestBody().readAllBytes());
    CertificateName name = CertificateName.agent(INSTALLATION, "training", 1, 1, "training");
    String certificate = Pem.of(authority.issue(key, name, LIFE)).replace("\n", "\\n");
    json(
        exchange,
        "{\"certificate\": \"%s\", \"renewAfterMillis\": %d}"
            .formatted(certificate, LIFE.toMillis()));
  }

  private void commands(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      out.write(event("heartbeat", "{}"));
      out.write(event("configure", configuration));
      out.flush();
      if (!ready.await(60, TimeUnit.SECONDS)) {
        System.err.println("the agent's server was not ready within a minute");
      }
      TimeUnit.MILLISECONDS.sleep(500);
      out.write(event("stop", "{\"graceMillis\": 1000}"));
      out.flush();
      TimeUnit.SECONDS.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] event(String name, String data) {
    return "event: %s\ndata: %s\n\n".formatted(name, data).getBytes(StandardCharsets.UTF_8);
  }

  private void report(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (body.contains("\"READY\"")) {
      ready.countDown();
    }
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static void log(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    long offset = Long.parseLong(query.replaceFirst(".*offset=(\\d+).*", "$1"));
    json(
        exchange, "{\"next\": " + (offset + exchange.getRequestBody().readAllBytes().length) + "}");
  }

  private static void json(HttpExchange exchange, String text) throws IOException {
    byte[] answer = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    try (var out = exchange.getResponseBody()) {
      out.write(answer);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
