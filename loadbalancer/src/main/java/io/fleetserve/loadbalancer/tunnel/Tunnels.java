package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.api.pki.CertificateName;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The tunnels that are open, by the attempt whose agent has dialled them. Thread-safe.
///
/// A connection to a server is made over a session of the caller's own event loop where there is
/// one, else over the one with the fewest streams. While an agent has none, as after a restart of
/// this process, connections wait for it as long as they would for an answer of a host.
public final class Tunnels {
  private final Predicate<CertificateName> wanted;
  private final Duration patience;
  private final Map<String, Line> lines = new ConcurrentHashMap<>();

  /// One agent.
  private static final class Line {
    private final CertificateName name;
    private volatile List<TunnelSession> sessions = List.of();

    Line(CertificateName name) {
      this.name = name;
    }
  }

  /// Who waits for an agent to dial.
  private final Map<String, List<TunnelPipe>> waiting = new ConcurrentHashMap<>();

  /// @param wanted whose agents may have tunnels now; asked on any thread
  /// @param patience for an agent that is not there, and for its server
  public Tunnels(Predicate<CertificateName> wanted, Duration patience) {
    this.wanted = wanted;
    this.patience = patience;
  }

  /// Whether an agent has a tunnel now.
  public boolean has(String attemptId) {
    Line line = lines.get(attemptId);
    return line != null && !line.sessions.isEmpty();
  }

  /// Connections of agents now.
  public int count() {
    return lines.values().stream().mapToInt(line -> line.sessions.size()).sum();
  }

  /// Agents that have one.
  public int agents() {
    return lines.size();
  }

  /// Connects to a replica's server. On the caller's event loop.
  ///
  /// @param first handler of the new channel
  public ChannelFuture connect(String attemptId, EventLoop loop, ChannelHandler first) {
    TunnelPipe pipe = new TunnelPipe();
    pipe.pipeline().addLast(first);
    var _ = loop.register(pipe);
    var limit =
        loop.schedule(() -> giveUp(attemptId, pipe), patience.toMillis(), TimeUnit.MILLISECONDS);
    pipe.opening().addListener(_ -> limit.cancel(false));
    TunnelSession session = choose(attemptId, loop);
    if (session == null) {
      await(attemptId, pipe, loop);
    } else {
      pipe.over(session);
    }
    return pipe.opening();
  }

  private void giveUp(String attemptId, TunnelPipe pipe) {
    forget(attemptId, pipe);
    pipe.failed(
        has(attemptId)
            ? new ConnectTimeoutException("the server does not accept")
            : new NoRouteToHostException("its agent has no tunnel"));
  }

  private @Nullable TunnelSession choose(String attemptId, EventLoop loop) {
    Line line = lines.get(attemptId);
    TunnelSession best = null;
    for (TunnelSession each : line == null ? List.<TunnelSession>of() : line.sessions) {
      if (each.isOpen() && (best == null || isBetter(each, best, loop))) {
        best = each;
      }
    }
    return best;
  }

  private static boolean isBetter(TunnelSession one, TunnelSession other, EventLoop loop) {
    boolean near = one.loop().equals(loop);
    return near == other.loop().equals(loop) ? one.streams() < other.streams() : near;
  }

  private void await(String attemptId, TunnelPipe pipe, EventLoop loop) {
    synchronized (waiting) {
      waiting.computeIfAbsent(attemptId, _ -> new ArrayList<>()).add(pipe);
    }
    // It may have come between the look and the note.
    TunnelSession session = choose(attemptId, loop);
    if (session != null && forget(attemptId, pipe)) {
      pipe.over(session);
    }
  }

  private boolean forget(String attemptId, TunnelPipe pipe) {
    synchronized (waiting) {
      List<TunnelPipe> all = waiting.get(attemptId);
      boolean waited = all != null && all.remove(pipe);
      if (all != null && all.isEmpty()) {
        waiting.remove(attemptId);
      }
      return waited;
    }
  }

  /// Whether an agent may have a tunnel now.
  boolean admits(CertificateName name) {
    return wanted.test(name);
  }

  /// A session can be used from now on.
  void opened(CertificateName name, TunnelSession session) {
    String attemptId = attempt(name);
    lines.compute(
        attemptId,
        (_, known) -> {
          Line line = known == null ? new Line(name) : known;
          List<TunnelSession> all = new ArrayList<>(line.sessions);
          all.add(session);
          line.sessions = List.copyOf(all);
          return line;
        });
    List<TunnelPipe> served;
    synchronized (waiting) {
      List<TunnelPipe> all = waiting.remove(attemptId);
      served = all == null ? List.of() : all;
    }
    served.forEach(pipe -> pipe.run(() -> pipe.over(session)));
  }

  /// A session is gone.
  void closed(CertificateName name, TunnelSession session) {
    lines.computeIfPresent(
        attempt(name),
        (_, line) -> {
          List<TunnelSession> left = new ArrayList<>(line.sessions);
          left.remove(session);
          line.sessions = List.copyOf(left);
          return left.isEmpty() ? null : line;
        });
  }

  private static String attempt(CertificateName name) {
    return name.path().getLast();
  }

  /// Cuts off agents that are not wanted any more, and connections that are dead. To be called each
  /// second.
  public void look() {
    for (Line line : lines.values()) {
      boolean good = admits(line.name);
      for (TunnelSession each : line.sessions) {
        if (good) {
          each.look();
        } else {
          each.close();
        }
      }
    }
  }

  /// Asks every agent to dial again, to the process that has the port then; what is under way goes
  /// on.
  public void leave() {
    lines.values().forEach(line -> line.sessions.forEach(TunnelSession::leave));
  }
}
