package io.fleetserve.controller.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.store.JdbiStore;
import io.fleetserve.controller.store.Store;
import io.fleetserve.testing.time.VirtualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens and certificates over virtual time, over a restart, and in wrong hands.
final class JoinsTest {
  private static final ReplicaKey KEY = new ReplicaKey("llm", 3, 2);
  private static final String ATTEMPT = "a1";
  private static final Duration LIFE = Duration.ofHours(24);

  @TempDir Path folder;
  private final VirtualClock clock = new VirtualClock();
  private final KeyPair key = CertificateRequest.newKey();
  private final String token = Joins.token(ATTEMPT);

  @SuppressWarnings("NullAway.Init")
  private HomeFolder home;

  @SuppressWarnings("NullAway.Init")
  private Store store;

  @SuppressWarnings("NullAway.Init")
  private Authority authority;

  @SuppressWarnings("NullAway.Init")
  private Joins joins;

  @BeforeEach
  void invite() {
    home = new HomeFolder(folder.resolve("home"));
    home.create();
    open();
    joins.invite(ATTEMPT, token);
  }

  private void open() {
    store = new JdbiStore(home, 100);
    authority = Authority.in(home, store.installationId(), clock);
    joins = new Joins(authority, store, LIFE);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aTokenBecomesACertificateOfTheAttempt() throws Exception {
    X509Certificate certificate = join(key, token);

    certificate.verify(authority.certificate().getPublicKey());
    assertThat(certificate.getPublicKey()).isEqualTo(key.getPublic());
    assertThat(CertificateName.of(certificate))
        .contains(CertificateName.agent(store.installationId(), "llm", 3, 2, ATTEMPT));
    assertThat(joins.accepts(KEY, ATTEMPT, certificate)).isTrue();
    assertThat(joins.isOpen(token)).isFalse();
  }

  @Test
  void aTokenIsGoodForOneKeyOnlyAndForThatAgainIfTheAnswerWasLost() {
    X509Certificate lost = join(key, token);
    X509Certificate again = join(key, token);

    assertThat(again.getSerialNumber()).isNotEqualTo(lost.getSerialNumber());
    assertThat(joins.accepts(KEY, ATTEMPT, again)).isTrue();
    assertRefused(CertificateRequest.newKey(), token, "used already");
  }

  @Test
  void aTokenIsOverAfterTenMinutes() {
    clock.advance(Joins.TOKEN_LIFE.minusSeconds(1));
    assertThat(joins.isOpen(token)).isTrue();

    clock.advance(Duration.ofSeconds(1));

    assertThat(joins.isOpen(token)).isFalse();
    assertRefused(key, token, "expired");
  }

  @Test
  void aTokenOfAMachineThatStillWaitsStaysGoodUntilItWasUsed() {
    for (int i = 0; i < 10; i++) {
      clock.advance(Joins.TOKEN_LIFE.minusMinutes(1));
      joins.extend(ATTEMPT);
    }
    assertThat(joins.isOpen(token)).isTrue();
    join(key, token);

    clock.advance(Joins.TOKEN_LIFE.minusMinutes(1));
    joins.extend(ATTEMPT);
    clock.advance(Duration.ofMinutes(2));

    assertRefused(key, token, "expired");
    joins.revoke(ATTEMPT);
    joins.extend(ATTEMPT);
    assertThat(joins.isOpen(token)).isFalse();
  }

  @Test
  void theControllersCertificateHasAHostName() throws Exception {
    X509Certificate certificate =
        authority.issue(key.getPublic(), CertificateName.controller(store.installationId()), LIFE);

    assertThat(CertificateName.of(certificate))
        .contains(CertificateName.controller(store.installationId()));
    assertThat(certificate.getSubjectAlternativeNames())
        .contains(List.of(2, CertificateName.CONTROLLER_HOST));
  }

  @Test
  void anotherAttemptsTokenOrNoneIsRefused() {
    joins.invite("a2", Joins.token("a2"));

    assertRefused(key, Joins.token(ATTEMPT), "not this attempt's");
    assertThatThrownBy(() -> joins.join(KEY, "a3", token, CertificateRequest.of(key)))
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("no token was made");
    assertThat(joins.isOpen("a2." + token.substring(3))).isFalse();
    assertThat(joins.isOpen("")).isFalse();
  }

  @Test
  void aRequestThatIsNoneIsRefusedAndCostsTheTokenNothing() {
    assertThatThrownBy(() -> joins.join(KEY, ATTEMPT, token, new byte[] {1, 2, 3}))
        .isInstanceOf(JoinRefusedException.class);

    assertThat(joins.accepts(KEY, ATTEMPT, join(key, token))).isTrue();
  }

  @Test
  void theCertificateBeforeIsGoodForFiveMoreMinutes() {
    X509Certificate old = join(key, token);
    clock.advance(joins.renewAfter());
    KeyPair next = CertificateRequest.newKey();

    X509Certificate fresh = joins.renew(KEY, ATTEMPT, CertificateRequest.of(next));

    assertThat(joins.accepts(KEY, ATTEMPT, fresh)).isTrue();
    assertThat(joins.accepts(KEY, ATTEMPT, old)).isTrue();
    clock.advance(Joins.OVERLAP);
    assertThat(joins.accepts(KEY, ATTEMPT, fresh)).isTrue();
    assertThat(joins.accepts(KEY, ATTEMPT, old)).isFalse();
  }

  @Test
  void aCertificateIsOverAfterItsLife() {
    X509Certificate certificate = join(key, token);
    clock.advance(LIFE.minusMinutes(1));
    assertThat(joins.accepts(KEY, ATTEMPT, certificate)).isTrue();

    clock.advance(Duration.ofMinutes(2));

    assertThat(joins.accepts(KEY, ATTEMPT, certificate)).isFalse();
  }

  @Test
  void aCertificateIsGoodForItsOwnReplicaOnly() {
    X509Certificate certificate = join(key, token);

    assertThat(joins.accepts(new ReplicaKey("llm", 4, 2), ATTEMPT, certificate)).isFalse();
    assertThat(joins.accepts(new ReplicaKey("llm", 3, 3), ATTEMPT, certificate)).isFalse();
    assertThat(joins.accepts(new ReplicaKey("other", 3, 2), ATTEMPT, certificate)).isFalse();
    assertThat(joins.accepts(KEY, "a2", certificate)).isFalse();
  }

  @Test
  void nothingOfARevokedAttemptIsGoodAlsoAfterARestart() {
    X509Certificate certificate = join(key, token);

    joins.revoke(ATTEMPT);

    assertThat(joins.accepts(KEY, ATTEMPT, certificate)).isFalse();
    assertRefused(key, token, "revoked");
    store.close();
    open();
    assertThat(joins.accepts(KEY, ATTEMPT, certificate)).isFalse();
    assertThat(joins.isRevoked(ATTEMPT)).isTrue();
  }

  @Test
  void aRestartedControllerKnowsItsAuthorityAndItsCertificates() {
    X509Certificate certificate = join(key, token);
    X509Certificate before = authority.certificate();
    store.close();

    open();

    assertThat(authority.certificate()).isEqualTo(before);
    assertThat(joins.accepts(KEY, ATTEMPT, certificate)).isTrue();
  }

  @Test
  void keyAndTokenAreWrittenForTheOwnerOnlyOrNotAtAll() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.authority())))
        .isEqualTo("rwx------");
    Path file = home.authority().resolve("ca.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    byte[] database = Files.readAllBytes(home.database());
    assertThat(new String(database, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain(token);
    assertThat(authority.toString()).doesNotContain("BEGIN", "key");
  }

  @Test
  void refusalsAreToldSparinglyAndCounted() {
    java.util.List<String> told = new java.util.ArrayList<>();
    Refusals refusals = new Refusals(clock, told::add);

    for (int i = 0; i < 50; i++) {
      refusals.refused("knock " + i);
    }
    assertThat(told).hasSize(20);
    clock.advance(Duration.ofMinutes(1));
    refusals.refused("knock again");

    assertThat(told).last().isEqualTo("knock again (30 more were refused before)");
  }

  private X509Certificate join(KeyPair pair, String presented) {
    return joins.join(KEY, ATTEMPT, presented, CertificateRequest.of(pair));
  }

  private void assertRefused(KeyPair pair, String presented, String why) {
    assertThatThrownBy(() -> join(pair, presented))
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining(presented);
  }
}
