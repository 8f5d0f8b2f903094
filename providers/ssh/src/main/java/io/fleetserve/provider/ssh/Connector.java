package io.fleetserve.provider.ssh;

import io.fleetserve.provider.ssh.Pool.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.jspecify.annotations.Nullable;

/// Opens SSH connections: by key only, to hosts whose key is known only, with nothing of the user's
/// own SSH configuration. Thread-safe. The library is loaded at the first connection.
final class Connector implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(8);
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final AttributeKey<Host> HOST = new AttributeKey<>();

  private @Nullable SshClient client;
  private boolean closed;

  /// An authenticated session.
  ///
  /// @throws HostAwayException when there is none; names the file, the host and the fix
  ClientSession connect(Host host) throws HostAwayException {
    KeyPair key = key(host);
    try {
      ClientSession session =
          client()
              .connect(
                  host.user(),
                  host.host(),
                  host.port(),
                  AttributeRepository.ofKeyValuePair(HOST, host),
                  null)
              .verify(CONNECT)
              .getSession();
      try {
        session.addPublicKeyIdentity(key);
        session.auth().verify(CONNECT);
        return session;
      } catch (IOException | RuntimeException e) {
        session.close(true);
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      throw refusal(host, e);
    }
  }

  private static KeyPair key(Host host) throws HostAwayException {
    String file = "identity_file: " + host.identityFile();
    if (!Files.isReadable(host.identityFile())) {
      throw new HostAwayException(
          host.place()
              + ": "
              + file
              + " is missing or not readable; make it with ssh-keygen, or name another",
          true);
    }
    try {
      for (KeyPair key : new FileKeyPairProvider(host.identityFile()).loadKeys(null)) {
        return key;
      }
      throw new HostAwayException(host.place() + ": " + file + " holds no private key", true);
    } catch (RuntimeException e) {
      throw new HostAwayException(
          host.place()
              + ": "
              + file
              + " cannot be used (expected: a private key without a passphrase): "
              + rootMessage(e),
          true);
    }
  }

  private static HostAwayException refusal(Host host, Exception e) {
    String why = rootMessage(e);
    String place = host.place() + " (" + host.target() + "): ";
    if (why.contains("Server key did not validate")) {
      return new HostAwayException(
          place
              + "its key is not in "
              + host.knownHosts()
              + "; compare it with the host's own, then add it: ssh-keyscan -p "
              + host.port()
              + " "
              + host.host(),
          true);
    }
    if (why.contains("No more authentication methods")) {
      return new HostAwayException(
          place
              + "does not accept the key "
              + host.identityFile()
              + " for user "
              + host.user()
              + "; add its public half to authorized_keys there",
          true);
    }
    return new HostAwayException(place + "cannot be reached: " + why, e);
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null
        ? root.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  private synchronized SshClient client() {
    if (closed) {
      throw new IllegalStateException("the provider is closed");
    }
    SshClient known = client;
    if (known == null) {
      known = ClientBuilder.builder().build(true);
      known.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
      known.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
      known.setServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE);
      known.setUserAuthFactoriesNames("publickey");
      known.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
      known.setSessionHeartbeat(HeartbeatType.IGNORE, HEARTBEAT);
      CoreModuleProperties.HEARTBEAT_INTERVAL.set(known, HEARTBEAT);
      CoreModuleProperties.HEARTBEAT_REQUEST.set(known, "keepalive@fleetserve.io");
      CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(known, 3);
      CoreModuleProperties.IDLE_TIMEOUT.set(known, Duration.ZERO);
      known.addSessionListener(new KnownKeys());
      known.start();
      client = known;
    }
    return known;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.stop();
    }
  }

  /// Asks each host for a key of a kind that is known of it, and compares.
  private static final class KnownKeys implements SessionListener {
    @Override
    public void sessionCreated(Session session) {
      if (session instanceof ClientSession opened) {
        Host host = host(opened);
        if (host != null) {
          opened.setServerKeyVerifier(
              new KnownHostsServerKeyVerifier(
                  RejectAllServerKeyVerifier.INSTANCE, host.knownHosts()));
        }
      }
    }

    @Override
    public void sessionNegotiationOptionsCreated(
        Session session, Map<KexProposalOption, String> proposal) {
      if (session instanceof ClientSession opened) {
        Host host = host(opened);
        String offered = proposal.get(KexProposalOption.SERVERKEYS);
        if (host != null && offered != null) {
          Set<String> order = new LinkedHashSet<>();
          for (String known : knownKinds(host)) {
            for (String algorithm : offered.split(",", -1)) {
              if (algorithm.equals(known)
                  || (known.equals("ssh-rsa") && algorithm.startsWith("rsa-sha2-"))) {
                order.add(algorithm);
              }
            }
          }
          order.addAll(List.of(offered.split(",", -1)));
          proposal.put(KexProposalOption.SERVERKEYS, String.join(",", order));
        }
      }
    }

    private static @Nullable Host host(ClientSession session) {
      AttributeRepository context = session.getConnectionContext();
      return context == null ? null : context.getAttribute(HOST);
    }

    private static List<String> knownKinds(Host host) {
      List<String> kinds = new ArrayList<>();
      try {
        for (KnownHostEntry entry : KnownHostEntry.readKnownHostEntries(host.knownHosts())) {
          if (entry.isHostMatch(host.host(), host.port())) {
            kinds.add(entry.getKeyEntry().getKeyType());
          }
        }
      } catch (IOException | RuntimeException unreadable) {
        return List.of(); // then the key is refused, which names the file
      }
      return kinds;
    }
  }
}
