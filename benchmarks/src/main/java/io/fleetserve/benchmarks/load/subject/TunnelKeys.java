package io.fleetserve.benchmarks.load.subject;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.Pem;
import io.fleetserve.api.wire.TunnelRule;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Certificates of one run: an authority, the load balancer's, and one for each agent. Stateless.
final class TunnelKeys {
  private static final char[] NO_PASSWORD = new char[0];

  private TunnelKeys() {}

  /// Attempt of the agent with a number, from 1.
  static String attempt(int agent) {
    return "a" + agent;
  }

  /// Attempts of all agents.
  static Set<String> attempts(int agents) {
    return IntStream.rangeClosed(1, agents)
        .mapToObj(TunnelKeys::attempt)
        .collect(Collectors.toSet());
  }

  /// Makes them.
  ///
  /// @param host address that agents dial
  /// @param port where they dial
  static TunnelRule make(Path folder, String host, int port, int agents) throws IOException {
    try {
      X509Bundle authority =
          builder("CN=authority").setIsCertificateAuthority(true).buildSelfSigned();
      X509Bundle balancer =
          named(CertificateName.loadBalancer(FakeController.INSTALLATION)).buildIssuedBy(authority);
      for (int agent = 1; agent <= agents; agent++) {
        CertificateName name =
            CertificateName.agent(FakeController.INSTALLATION, "bench", agent, 1, attempt(agent));
        keep(folder, agent, named(name).buildIssuedBy(authority));
      }
      return new TunnelRule(
          host,
          port,
          write(folder.resolve("tunnel.pem"), balancer.getCertificatePathPEM()),
          write(folder.resolve("tunnel.key"), balancer.getPrivateKeyPEM()),
          write(folder.resolve("tunnel-ca.pem"), authority.getCertificatePEM()));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) { // as declared by the builder
      throw new IOException("no certificates: " + e.getMessage(), e);
    }
  }

  private static CertificateBuilder builder(String subject) {
    return new CertificateBuilder().subject(subject).algorithm(Algorithm.ecp256);
  }

  private static CertificateBuilder named(CertificateName name) {
    return builder("CN=bench").addSanUriName(URI.create(name.uri()));
  }

  private static void keep(Path folder, int agent, X509Bundle own)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", own.getKeyPair().getPrivate(), NO_PASSWORD, own.getCertificatePath());
    try (var out = Files.newOutputStream(folder.resolve("agent-" + agent + ".p12"))) {
      store.store(out, NO_PASSWORD);
    }
  }

  private static String write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"))
        .toString();
  }

  /// What an agent connects with.
  static SSLContext context(Path folder, int agent) throws IOException {
    try (InputStream own = Files.newInputStream(folder.resolve("agent-" + agent + ".p12"))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(own, NO_PASSWORD);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, NO_PASSWORD);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "authority",
          Pem.certificates(Files.readString(folder.resolve("tunnel-ca.pem"))).getFirst());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("keys of agent " + agent + ": " + e.getMessage(), e);
    }
  }
}
