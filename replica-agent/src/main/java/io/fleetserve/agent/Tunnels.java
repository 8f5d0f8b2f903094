package io.fleetserve.agent;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.wire.TunnelRule;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// Keeps connections to load balancers, over which they reach this replica's server, so that no
/// port of this machine has to be open. [#dial] and [#close] may be called from any thread.
///
/// There are [#LINKS] to each, so that the loss of one costs its own streams only. One that is lost
/// is dialled again after 0.1 to 3 s, longer each time and never at the same moment as others. A
/// new certificate is taken over by new connections before the old ones retire.
public final class Tunnels implements AutoCloseable {
  static final int LINKS = 2;

  private static final long PING_NANOS = 4_000_000_000L;
  private static final long SILENCE_NANOS = 12_000_000_000L;
  private static final long RENEWAL_NANOS = 60_000_000_000L;
  private static final int CONNECT_MILLIS = 5_000;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 3_000;

  private final String installationId;
  private final Contexts contexts;
  private final String serverHost;
  private final IntSupplier serverPort;
  private final TunnelLoop loop;
  private final Thread thread;
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private @Nullable SSLContext current;
  private long renewalAt;
  private boolean begun;

  /// Gives what connections are made with; may wait for the controller.
  public interface Contexts {
    SSLContext get() throws IOException;
  }

  /// @param serverPort 0 while the server has none
  public Tunnels(
      String installationId, Contexts contexts, String serverHost, IntSupplier serverPort)
      throws IOException {
    this.installationId = installationId;
    this.contexts = contexts;
    this.serverHost = serverHost;
    this.serverPort = serverPort;
    this.loop = new TunnelLoop(this::flush, this::tick);
    this.thread = Thread.ofPlatform().daemon().name("tunnel").unstarted(loop);
  }

  /// Which load balancers to be connected to from now on, as `host:port`.
  public synchronized void dial(List<String> addresses) {
    if (!begun && !addresses.isEmpty()) {
      begun = true;
      thread.start();
    }
    if (begun) {
      loop.execute(() -> want(addresses));
    }
  }

  private void want(List<String> addresses) {
    targets
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !addresses.contains(entry.getKey());
          if (gone) {
            entry.getValue().retire();
          }
          return gone;
        });
    for (String address : addresses) {
      targets.computeIfAbsent(address, Target::new).fill(System.nanoTime());
    }
  }

  private void flush() {
    targets.values().forEach(Target::flush);
  }

  private void tick(long nowNanos) {
    if (current != null && nowNanos - renewalAt > RENEWAL_NANOS) {
      renewalAt = nowNanos;
      apart(() -> {
        SSLContext next = contexts.get();
        loop.execute(() -> renewed(next));
      });
    }
    targets.values().forEach(target -> target.tick(nowNanos));
  }

  private void renewed(SSLContext next) {
    boolean changed = current != null && !next.equals(current);
    current = next;
    if (changed) {
      targets.values().forEach(Target::replace);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  /// Work that waits for others does so on a thread of its own.
  private static void apart(Work work) {
    Thread.ofPlatform()
        .daemon()
        .name("dial")
        .start(() -> {
          try {
            work.run();
          } catch (IOException ignored) {
            // Away: again after the pause.
          }
        });
  }

  @Override
  public void close() {
    loop.close();
  }

  /// One load balancer.
  private final class Target implements TunnelLink.Owner {
    private final String host;
    private final int port;
    private final List<TunnelLink> links = new ArrayList<>();
    private final List<TunnelLink> retiring = new ArrayList<>();
    private boolean wanted = true;
    private int dialling;
    private int failures;
    private long dialAt = System.nanoTime();

    Target(String address) {
      int colon = address.lastIndexOf(':');
      String name = address.substring(0, colon);
      host = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
      port = Integer.parseInt(address.substring(colon + 1));
    }

    void fill(long now) {
      while (wanted && links.size() + dialling < LINKS && now - dialAt >= 0) {
        dialling++;
        apart(this::dial);
      }
    }

    private void dial() throws IOException {
      SocketChannel socket = null;
      try {
        SSLContext context = contexts.get();
        socket = SocketChannel.open();
        socket.socket().connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        socket.configureBlocking(false);
        SocketChannel connected = socket;
        loop.execute(() -> begin(connected, context));
      } catch (IOException | RuntimeException e) {
        if (socket != null) {
          socket.close();
        }
        loop.execute(() -> {
          dialling--;
          failed();
        });
      }
    }

    private void begin(SocketChannel socket, SSLContext context) {
      dialling--;
      current = context;
      try {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setApplicationProtocols(new String[] {TunnelRule.PROTOCOL});
        engine.setSSLParameters(parameters);
        links.add(new TunnelLink(new TlsWire(socket, engine), loop.selector(), this));
      } catch (IOException | RuntimeException e) {
        failed();
      }
    }

    private void failed() {
      failures = Math.min(failures + 1, 16);
      long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << failures);
      long pause = ThreadLocalRandom.current().nextLong(most / 2, most);
      dialAt = System.nanoTime() + pause * 1_000_000;
    }

    void tick(long now) {
      List.copyOf(links).forEach(link -> link.look(now, PING_NANOS, SILENCE_NANOS));
      List.copyOf(retiring).forEach(link -> link.look(now, PING_NANOS, SILENCE_NANOS));
      fill(now);
    }

    void flush() {
      List.copyOf(links).forEach(TunnelLink::flush);
      List.copyOf(retiring).forEach(TunnelLink::flush);
    }

    void retire() {
      wanted = false;
      List.copyOf(links).forEach(TunnelLink::retire);
    }

    /// New connections first; the old ones retire when the first of them is open.
    void replace() {
      retiring.addAll(links);
      links.clear();
      fill(System.nanoTime());
    }

    @Override
    public void check(TlsWire wire) throws IOException {
      if (!TunnelRule.PROTOCOL.equals(wire.engine().getApplicationProtocol())) {
        throw new SSLPeerUnverifiedException(host + ":" + port + " is no load balancer");
      }
      boolean known =
          wire.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate peer
              && CertificateName.of(peer)
                  .filter(name -> name.equals(CertificateName.loadBalancer(installationId)))
                  .isPresent();
      if (!known) {
        throw new SSLPeerUnverifiedException(
            host + ":" + port + " is not a load balancer of installation " + installationId);
      }
    }

    @Override
    public void opened(TunnelLink link) {
      failures = 0;
      retiring.forEach(TunnelLink::retire);
    }

    @Override
    public void leaving(TunnelLink link) {
      if (links.remove(link)) {
        retiring.add(link);
        fill(System.nanoTime());
      }
    }

    @Override
    public void closed(TunnelLink link) {
      retiring.remove(link);
      if (links.remove(link)) {
        failed();
      }
    }

    @Override
    public InetSocketAddress server() {
      return new InetSocketAddress(serverHost, serverPort.getAsInt());
    }
  }
}
