package io.fleetserve.controller.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.Pem;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.testing.time.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The certificate that load balancers show to agents.
final class TunnelDoorTest {
  private final VirtualClock clock = new VirtualClock();

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private Authority authority;

  @SuppressWarnings("NullAway.Init")
  private Path lb;

  @BeforeEach
  void makeAuthority() throws IOException {
    HomeFolder home = new HomeFolder(folder.resolve("home"));
    Files.createDirectories(home.root());
    authority = Authority.in(home, "i", clock);
    lb = Files.createDirectory(folder.resolve("lb"));
  }

  private TunnelDoor door(Authority of) {
    return new TunnelDoor("127.0.0.1", 20_201, "lb.example:20201", lb, of);
  }

  private X509Certificate certificate() throws IOException {
    return Pem.certificates(Files.readString(lb.resolve("tunnel.pem"))).getFirst();
  }

  @Test
  void certificateNamesALoadBalancerAndItsKeyIsForTheOwnerOnly() throws Exception {
    door(authority).renew();

    certificate().verify(authority.certificate().getPublicKey());
    assertThat(CertificateName.of(certificate())).contains(CertificateName.loadBalancer("i"));
    assertThat(certificate().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(lb.resolve("tunnel.key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void certificateIsKeptOverRestartsUntilTwoThirdsOfItsLifeAreOver() throws Exception {
    door(authority).renew();
    X509Certificate first = certificate();

    clock.advance(Duration.ofDays(59));
    TunnelDoor restarted = door(authority);
    restarted.renew();
    assertThat(certificate()).isEqualTo(first);

    clock.advance(Duration.ofDays(2));
    restarted.renew();
    assertThat(certificate()).isNotEqualTo(first);
  }

  @Test
  void certificateOfAnotherAuthorityIsReplaced() throws Exception {
    HomeFolder other = new HomeFolder(folder.resolve("other"));
    Files.createDirectories(other.root());
    door(Authority.in(other, "j", clock)).renew();

    door(authority).renew();

    assertThat(CertificateName.of(certificate())).contains(CertificateName.loadBalancer("i"));
  }
}
