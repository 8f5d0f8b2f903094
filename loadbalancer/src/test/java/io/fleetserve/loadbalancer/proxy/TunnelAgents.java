package io.fleetserve.loadbalancer.proxy;

import io.fleetserve.agent.Tunnels;
import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.TunnelRule;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.loadbalancer.tunnel.ControllerPassage;
import io.fleetserve.loadbalancer.tunnel.TunnelPort;
import io.fleetserve.loadbalancer.tunnel.WantedAgents;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// The tunnels' side of a [Bed]: a port for agents, and real agents' tunnels to its replicas. With
/// `-Dfleetserve.test.network=tunnel` every route of every test goes through one.
final class TunnelAgents implements AutoCloseable {
  static final String INSTALLATION = "i";

  /// Connections to the controller at once.
  static final int PASSAGES = 3;

  private static final @Nullable NetworkMode ALWAYS =
      System.getProperty("fleetserve.test.network") == null
          ? null
          : NetworkMode.valueOf(System.getProperty("fleetserve.test.network"));

  final X509Bundle authority = issued("CN=authority", null, null);
  private final Transport transport;
  private final io.fleetserve.loadbalancer.tunnel.Tunnels tunnels;
  private final Map<String, Tunnels> running = new HashMap<>();
  final ControllerPassage passage;
  private @Nullable TunnelPort port;
  private String host = "127.0.0.1";
  private @Nullable Path folder;

  TunnelAgents(Transport transport, Routing routing, Duration patience) {
    this.transport = transport;
    this.passage = new ControllerPassage(transport.clientType(), PASSAGES);
    this.tunnels =
        new io.fleetserve.loadbalancer.tunnel.Tunnels(new WantedAgents(routing::table), patience);
  }

  io.fleetserve.loadbalancer.tunnel.Tunnels tunnels() {
    return tunnels;
  }

  /// A certificate of an authority; of its own where none is given.
  static X509Bundle issued(
      String subject, @Nullable CertificateName name, @Nullable X509Bundle authority) {
    CertificateBuilder builder =
        new CertificateBuilder()
            .subject(subject)
            .notBefore(Instant.now().minusSeconds(60))
            .notAfter(Instant.now().plusSeconds(3600));
    if (name != null) {
      builder.addSanUriName(java.net.URI.create(name.uri()));
    }
    try {
      return authority == null
          ? builder.setIsCertificateAuthority(true).buildSelfSigned()
          : builder.buildIssuedBy(authority);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// Keys and authority of an agent, with an empty password.
  KeyStore store(X509Bundle own) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", own.getKeyPair().getPrivate(), new char[0], own.getCertificatePath());
    store.setCertificateEntry("authority", authority.getCertificate());
    return store;
  }

  /// What an agent connects with.
  SSLContext context(X509Bundle own) {
    try {
      return context(store(own));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The same from what [#store] gave.
  static SSLContext context(KeyStore store) {
    try {
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, new char[0]);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Where the port is opened; to be called before it is.
  void listenAt(String address) {
    host = address;
  }

  /// The port, which is open from now on.
  int port() {
    TunnelPort known = port;
    if (known == null) {
      known = new TunnelPort(rule(), transport.group(), transport.serverType(), tunnels, passage);
      known.look();
      port = known;
    }
    return known.port();
  }

  private TunnelRule rule() {
    try {
      folder = Files.createTempDirectory("tunnels");
      X509Bundle own = issued("CN=balancer", CertificateName.loadBalancer(INSTALLATION), authority);
      return new TunnelRule(
          host,
          0,
          Files.writeString(folder.resolve("own.pem"), own.getCertificatePathPEM()).toString(),
          Files.writeString(folder.resolve("own.key"), own.getPrivateKeyPEM()).toString(),
          Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM()).toString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The route, with all replicas behind agents if this run wants that.
  ServiceRoute through(ServiceRoute route) {
    return ALWAYS == null ? route : through(ALWAYS, route);
  }

  /// The route with each replica behind an agent, which dials until [#close].
  ServiceRoute through(NetworkMode mode, ServiceRoute route) {
    return with(
        route,
        route.endpoints().stream()
            .map(endpoint -> behind(mode, endpoint, endpoint.port()))
            .toList());
  }

  /// The route with other endpoints, and their agents let in.
  static ServiceRoute with(ServiceRoute route, List<ReplicaEndpoint> endpoints) {
    return new ServiceRoute(
        route.service(),
        route.version(),
        route.listenPort(),
        route.hosts(),
        route.policy(),
        route.targetQpsByAccelerator(),
        route.streamTimeoutMillis(),
        route.hold(),
        route.retry(),
        route.outlier(),
        route.routing(),
        route.protection(),
        endpoints,
        endpoints.isEmpty() ? "test" : null,
        route.wanted(),
        route.tls(),
        route.countsTokens(),
        endpoints.stream().map(TunnelAgents::attempt).collect(Collectors.toSet()));
  }

  static String attempt(ReplicaEndpoint endpoint) {
    return Objects.requireNonNull(endpoint.attemptId());
  }

  static CertificateName name(ReplicaEndpoint endpoint) {
    return CertificateName.agent(
        INSTALLATION, "svc", endpoint.replicaId(), endpoint.generation(), attempt(endpoint));
  }

  /// An endpoint whose agent somebody else starts.
  static ReplicaEndpoint dialling(NetworkMode mode, ReplicaEndpoint to, int serverPort) {
    return new ReplicaEndpoint(
        to.replicaId(),
        to.generation(),
        to.version(),
        to.host(),
        to.port(),
        to.accelerator(),
        to.draining(),
        to.protocol(),
        to.tls(),
        mode,
        "a" + to.replicaId() + "-" + to.generation() + "-" + serverPort);
  }

  /// An endpoint whose agent leads to `serverPort`, whatever its address says.
  ReplicaEndpoint behind(NetworkMode mode, ReplicaEndpoint to, int serverPort) {
    ReplicaEndpoint endpoint = dialling(mode, to, serverPort);
    running.computeIfAbsent(attempt(endpoint), _ -> start(name(endpoint), to.host(), serverPort));
    return endpoint;
  }

  /// The agent of an endpoint.
  Tunnels agent(ReplicaEndpoint endpoint) {
    return Objects.requireNonNull(running.get(attempt(endpoint)));
  }

  /// An agent's tunnels to a server. The caller closes it.
  Tunnels start(CertificateName name, String host, int serverPort) {
    SSLContext context = context(issued("CN=agent", name, authority));
    try {
      Tunnels agent = new Tunnels(INSTALLATION, () -> context, host, () -> serverPort);
      agent.dial(List.of("127.0.0.1:" + port()));
      return agent;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    running.values().forEach(Tunnels::close);
    TunnelPort open = port;
    if (open != null) {
      open.stop();
    }
    Path files = folder;
    if (files != null) {
      for (String name : List.of("own.pem", "own.key", "ca.pem")) {
        try {
          Files.deleteIfExists(files.resolve(name));
        } catch (IOException ignored) {
          // In a folder for temporary files.
        }
      }
      var _ = files.toFile().delete();
    }
  }
}
