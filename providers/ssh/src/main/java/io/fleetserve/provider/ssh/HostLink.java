package io.fleetserve.provider.ssh;

import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.host.BundleScripts;
import io.fleetserve.provider.ssh.Pool.Host;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;

/// One host: its connection, made when it is needed and made anew when it broke; what it is; the
/// session that carries out calls there; ports there that lead back to the controller. Thread-safe.
///
/// After a connection that failed the next one is tried after a pause, so that many callers do not
/// wait for one dead host each.
final class HostLink implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(3);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration UPLOAD_LIMIT = Duration.ofMinutes(10);
  private static final int OUTPUT_LIMIT = 64 << 10;
  private static final String LOOPBACK = "127.0.0.1";
  private static final BundleScripts AGENTS = new BundleScripts("\"$HOME/.fleetserve/agents\"");

  private final Host host;
  private final Connector connector;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Integer, Integer> forwards = new ConcurrentHashMap<>();
  private @Nullable ClientSession session;
  private @Nullable HostSession calls;
  private @Nullable HostAwayException lastFailure;
  private long failedAtNanos;
  private volatile @Nullable HostFacts facts;

  HostLink(Host host, Connector connector) {
    this.host = host;
    this.connector = connector;
  }

  Host host() {
    return host;
  }

  /// What the host is; asked once per connection.
  HostFacts facts() throws IOException {
    HostFacts known = facts;
    return known == null ? factsNow() : known;
  }

  /// What the host is, asked in any case.
  HostFacts factsNow() throws IOException {
    try {
      HostFacts now = HostFacts.parse(run(HostFacts.SCRIPT, null, LIMIT));
      facts = now;
      return now;
    } catch (IllegalArgumentException e) {
      throw new HostAwayException(host.place() + ": " + e.getMessage(), e);
    }
  }

  /// What is known of it without asking; empty before, and while it is away.
  Optional<HostFacts> knownFacts() {
    return Optional.ofNullable(facts);
  }

  /// The failure that keeps callers away now; empty when there is none.
  Optional<HostAwayException> away() {
    lock.lock();
    try {
      return Optional.ofNullable(lastFailure).filter(_ -> pausing());
    } finally {
      lock.unlock();
    }
  }

  private boolean pausing() {
    return System.nanoTime() - failedAtNanos < PAUSE.toNanos();
  }

  private ClientSession session() throws HostAwayException {
    lock.lock();
    try {
      ClientSession open = session;
      if (open != null && open.isOpen()) {
        return open;
      }
      drop();
      if (lastFailure != null && pausing()) {
        throw new HostAwayException(
            String.valueOf(lastFailure.getMessage()), lastFailure.refused());
      }
      try {
        open = connector.connect(host);
      } catch (HostAwayException e) {
        lastFailure = e;
        failedAtNanos = System.nanoTime();
        throw e;
      }
      lastFailure = null;
      session = open;
      return open;
    } finally {
      lock.unlock();
    }
  }

  /// Forgets what hung on the connection.
  private void drop() {
    if (session != null) {
      session.close(true);
    }
    session = null;
    calls = null;
    facts = null;
    forwards.clear();
  }

  /// Runs a script by `sh` and returns what it printed.
  ///
  /// @param input for its stdin; null means that the script itself is read from there
  /// @throws IOException with the last line of stderr when its exit code is not 0
  String run(String script, @Nullable InputStream input, Duration limit) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String command = input == null ? "exec sh -s" : "exec sh -c " + quoted(script);
    InputStream stdin =
        input == null
            ? new java.io.ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8))
            : input;
    try (ChannelExec channel = session().createExecChannel(command)) {
      channel.setIn(stdin);
      channel.setOut(new Bounded(out));
      channel.setErr(new Bounded(err));
      channel.open().verify(LIMIT);
      Set<ClientChannelEvent> events =
          channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), limit);
      Integer code = channel.getExitStatus();
      if (events.contains(ClientChannelEvent.TIMEOUT)) {
        throw new IOException(host.place() + ": no answer within " + limit.toSeconds() + " s");
      }
      if (code == null) {
        throw new IOException(host.place() + ": the connection broke");
      }
      if (code != 0) {
        String words = err.toString(StandardCharsets.UTF_8).strip();
        throw new IOException(
            host.place()
                + ": "
                + words.substring(words.lastIndexOf('\n') + 1)
                + " (exit code "
                + code
                + ")");
      }
      return out.toString(StandardCharsets.UTF_8);
    }
  }

  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /// The session that carries out calls; started when there is none, with the agent copied first
  /// when the host has not got it.
  HostSession calls(String installationId, Function<String, Optional<AgentBundle>> bundles)
      throws IOException {
    ClientSession open = session();
    HostFacts known = facts();
    lock.lock();
    try {
      HostSession running = calls;
      if (running != null && running.isOpen()) {
        return running;
      }
      AgentBundle bundle =
          bundles
              .apply(known.architecture())
              .orElseThrow(() ->
                  new HostAwayException(
                      host.place()
                          + ": its architecture is "
                          + known.architecture()
                          + ", for which this distribution has no agent",
                      true));
      install(bundle);
      running =
          HostSession.start(
              open,
              "exec "
                  + AGENTS.program(bundle, "fleetserve-host")
                  + " \"$HOME/.fleetserve\" "
                  + installationId
                  + " "
                  + host.place(),
              host.place());
      calls = running;
      return running;
    } finally {
      lock.unlock();
    }
  }

  private void install(AgentBundle bundle) throws IOException {
    if (run("! " + AGENTS.isThere(bundle) + " || echo yes", null, LIMIT).strip().equals("yes")) {
      return;
    }
    try (InputStream in = Files.newInputStream(bundle.file())) {
      run(AGENTS.install(bundle) + AGENTS.removeOthers(bundle), in, UPLOAD_LIMIT);
    }
  }

  /// Has a port of the host's loopback lead to a port of ours.
  ///
  /// @param wanted 0 means any free one
  /// @return the host's port
  int forward(int wanted, int target) throws IOException {
    ClientSession open = session();
    lock.lock();
    try {
      Integer there = forwards.get(wanted);
      if (there != null && there == target) {
        return wanted;
      }
      SshdSocketAddress bound =
          open.startRemotePortForwarding(
              new SshdSocketAddress(LOOPBACK, wanted), new SshdSocketAddress(LOOPBACK, target));
      forwards.put(bound.getPort(), target);
      return bound.getPort();
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          host.place()
              + ": port "
              + wanted
              + " of its loopback cannot lead to the controller: "
              + e.getMessage()
              + "; sshd there must allow TCP forwarding (AllowTcpForwarding)",
          e);
    } finally {
      lock.unlock();
    }
  }

  /// A port that leads to `target` already.
  Optional<Integer> forwarded(int target) {
    ClientSession open = session;
    return open == null || !open.isOpen()
        ? Optional.empty()
        : forwards.entrySet().stream()
            .filter(each -> each.getValue() == target)
            .map(Map.Entry::getKey)
            .findFirst();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      drop();
    } finally {
      lock.unlock();
    }
  }

  /// Keeps the beginning.
  private static final class Bounded extends java.io.FilterOutputStream {
    private int left = OUTPUT_LIMIT;

    private Bounded(ByteArrayOutputStream kept) {
      super(kept);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      int some = Math.min(left, count);
      left -= some;
      out.write(bytes, from, some);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }
  }
}
