package io.fleetserve.controller.http;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.Problem;
import io.fleetserve.controller.home.AccessToken;
import io.fleetserve.controller.problem.ProblemException;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.store.StoreException;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves routes on one address, one virtual thread per request. Thread-safe.
public final class ApiServer implements AutoCloseable {
  public static final String BASE = "/api/v1";

  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

  /// Where to listen.
  ///
  /// @param host name or address
  /// @param port 0 means any free one
  /// @param tls null means none
  public record Listener(String host, int port, @Nullable SSLContext tls) {
    /// Without TLS, on loopback.
    public static Listener loopback(int port) {
      return new Listener("127.0.0.1", port, null);
    }
  }

  /// Who is let in by a token.
  ///
  /// @param invited whether a token is one that an agent has still to join with
  public record Tokens(AccessToken operator, AccessToken loadBalancer, Predicate<String> invited) {}

  private final Tokens tokens;
  private final RequestCounter counter;
  private final Listener listener;
  private final WebServer server;

  public ApiServer(Listener listener, List<Route> routes, Tokens tokens, RequestCounter counter) {
    this.listener = listener;
    this.tokens = tokens;
    this.counter = counter;
    WebServerConfig.Builder builder =
        WebServer.builder()
            .host(listener.host())
            .port(listener.port())
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .shutdownGracePeriod(Duration.ofMillis(200))
            .routing(routing -> addRoutes(routing, routes));
    SSLContext tls = listener.tls();
    if (tls != null) {
      builder.tls(Tls.builder().sslContext(tls).clientAuth(TlsClientAuth.OPTIONAL).build());
    }
    this.server = builder.build();
  }

  /// Opens the port.
  ///
  /// @throws UncheckedIOException that says why it cannot
  public void start() {
    server.start();
    if (!server.isRunning()) { // the library only logs it
      throw new UncheckedIOException(reason());
    }
  }

  private IOException reason() {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(listener.host(), listener.port()));
      return new IOException("another program had the port a moment ago");
    } catch (IOException e) {
      return e;
    }
  }

  public int port() {
    return server.port();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  private void addRoutes(HttpRouting.Builder routing, List<Route> routes) {
    for (Route route : routes) {
      routing.route(
          Method.create(route.method()),
          BASE + route.path(),
          (request, response) -> serve(route, new Exchange(request, response)));
    }
    routing.any((request, response) -> refuseUnknown(request, response));
  }

  private void refuseUnknown(ServerRequest request, ServerResponse response) {
    Exchange exchange = new Exchange(request, response);
    boolean known = exchange.bearer().filter(tokens.operator()::matches).isPresent();
    exchange.problem(
        (known
                ? Problems.noSuchPath(
                    request.prologue().method().text(), request.path().absolute().path())
                : Problems.unauthorized())
            .problem());
  }

  private void serve(Route route, Exchange exchange) {
    counter.count(route);
    try {
      authenticate(route, exchange);
      route.handler().handle(exchange);
    } catch (ProblemException e) {
      answer(exchange, e.problem());
    } catch (StoreException e) {
      answer(exchange, StoreProblems.of(e));
    } catch (CloseConnectionException clientLeft) {
      throw clientLeft;
    } catch (IOException | UncheckedIOException clientLeft) {
      LOG.atDebug()
          .addKeyValue(LogKeys.PATH, route.path())
          .addKeyValue(LogKeys.REASON, String.valueOf(clientLeft.getMessage()))
          .log("client left");
      throw new CloseConnectionException("client left", clientLeft);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer(exchange, Problems.stopping().problem());
    } catch (Exception bug) {
      LOG.atError().addKeyValue(LogKeys.PATH, route.path()).setCause(bug).log("request failed");
      answer(exchange, Problems.internal());
    }
  }

  /// An answer that has begun cannot be taken back: the connection is cut, which clients notice.
  private static void answer(Exchange exchange, Problem problem) {
    if (exchange.hasBegun()) {
      throw new CloseConnectionException(problem.title());
    }
    exchange.problem(problem);
  }

  private void authenticate(Route route, Exchange exchange) {
    boolean allowed =
        switch (route.access()) {
          case OPERATOR -> exchange.bearer().filter(tokens.operator()::matches).isPresent();
          case LOAD_BALANCER ->
              exchange.bearer().filter(tokens.loadBalancer()::matches).isPresent();
          case AGENT -> exchange.bearer().isPresent() || exchange.certificate().isPresent();
          case JOIN -> exchange.bearer().isPresent();
          case FETCH ->
              exchange
                  .bearer()
                  .filter(token -> tokens.operator().matches(token) || tokens.invited().test(token))
                  .isPresent();
        };
    if (!allowed) {
      throw Problems.unauthorized();
    }
  }

  @Override
  public void close() {
    server.stop();
  }

  /// Told of every request, for the metrics.
  public interface RequestCounter {
    void count(Route route);
  }
}
