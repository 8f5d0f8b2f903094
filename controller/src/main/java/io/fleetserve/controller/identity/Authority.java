package io.fleetserve.controller.identity;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import io.fleetserve.api.pki.Der;
import io.fleetserve.api.pki.Pem;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.home.OwnerOnlyFiles;
import io.fleetserve.controller.home.StartupException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// The installation's own certificate authority: a P-256 key that never leaves the home folder, and
/// what it signs. Certificates hold a [CertificateName] and nothing about addresses. Immutable,
/// thread-safe.
///
/// @param certificate of the authority itself
public record Authority(
    String installationId, X509Certificate certificate, PrivateKey key, Clock clock) {
  /// Clocks of other machines may be this far behind.
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  private static final Duration OWN_LIFE = Duration.ofDays(3650);
  private static final int SERIAL_BITS = 127;
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String COMMON_NAME = "2.5.4.3";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  /// The authority kept in the home folder, made at the first use.
  ///
  /// @throws StartupException when its files cannot be read, written, or are not what was written
  public static Authority in(HomeFolder home, String installationId, Clock clock) {
    Path keyFile = home.authority().resolve("ca.key");
    Path certificateFile = home.authority().resolve("ca.pem");
    try {
      OwnerOnlyFiles.createFolder(home.authority());
      if (!Files.exists(certificateFile)) {
        KeyPair fresh = CertificateRequest.newKey();
        OwnerOnlyFiles.replace(keyFile, Pem.of("PRIVATE KEY", fresh.getPrivate().getEncoded()));
        X509Certificate own = selfSigned(installationId, fresh, clock.instant());
        OwnerOnlyFiles.replace(certificateFile, Pem.of(own));
      }
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(
                  new PKCS8EncodedKeySpec(Pem.decode("PRIVATE KEY", Files.readString(keyFile))));
      X509Certificate own = Pem.certificates(Files.readString(certificateFile)).getFirst();
      return new Authority(installationId, own, key, clock);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new StartupException(
          "cannot use the certificate authority in " + home.authority() + ": " + e.getMessage(), e);
    }
  }

  /// A certificate for a key; valid from a little before now.
  public X509Certificate issue(PublicKey subject, CertificateName name, Duration life) {
    Instant now = clock.instant();
    byte[] extensions =
        Der.sequence(
            extension(BASIC_CONSTRAINTS, true, Der.sequence()),
            extension(KEY_USAGE, true, Der.bitString(7, new byte[] {(byte) 0x80})),
            extension(
                EXTENDED_KEY_USAGE,
                false,
                Der.sequence(Der.objectId(name.isServer() ? SERVER_AUTH : CLIENT_AUTH))),
            extension(ALTERNATIVE_NAMES, true, names(name)));
    return signed(
        key,
        subject,
        issuerName(installationId),
        Der.sequence(),
        now.minus(CLOCK_TOLERANCE),
        now.plus(life),
        extensions);
  }

  /// RFC 5280 4.2.1.6: a URI, and for the controller a DNS name.
  private static byte[] names(CertificateName name) {
    byte[] uri = Der.element(0x86, ascii(name.uri()));
    return name.equals(CertificateName.controller(name.installationId()))
        ? Der.sequence(uri, Der.element(0x82, ascii(CertificateName.CONTROLLER_HOST)))
        : Der.sequence(uri);
  }

  private static X509Certificate selfSigned(String installationId, KeyPair pair, Instant now) {
    byte[] extensions =
        Der.sequence(
            extension(BASIC_CONSTRAINTS, true, Der.sequence(Der.bool(true))),
            extension(KEY_USAGE, true, Der.bitString(1, new byte[] {(byte) 0x06})));
    byte[] name = issuerName(installationId);
    return signed(
        pair.getPrivate(),
        pair.getPublic(),
        name,
        name,
        now.minus(CLOCK_TOLERANCE),
        now.plus(OWN_LIFE),
        extensions);
  }

  private static byte[] issuerName(String installationId) {
    return Der.sequence(
        Der.set(
            Der.sequence(
                Der.objectId(COMMON_NAME), Der.utf8("Fleetserve installation " + installationId))));
  }

  private static byte[] extension(String id, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(Der.objectId(id), Der.bool(true), Der.octetString(value))
        : Der.sequence(Der.objectId(id), Der.octetString(value));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  /// RFC 5280 4.1.
  private static X509Certificate signed(
      PrivateKey key,
      PublicKey subjectKey,
      byte[] issuer,
      byte[] subject,
      Instant from,
      Instant to,
      byte[] extensions) {
    byte[] algorithm = Der.sequence(Der.objectId(CertificateRequest.SIGNATURE_ID));
    byte[] content =
        Der.sequence(
            Der.explicit(0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(SERIAL_BITS, RANDOM).add(BigInteger.ONE)),
            algorithm,
            issuer,
            Der.sequence(Der.time(from), Der.time(to)),
            subject,
            subjectKey.getEncoded(),
            Der.explicit(3, extensions));
    try {
      Signature signature = Signature.getInstance(CertificateRequest.SIGNATURE);
      signature.initSign(key);
      signature.update(content);
      byte[] der = Der.sequence(content, algorithm, Der.bitString(0, signature.sign()));
      return Pem.certificates(Pem.of("CERTIFICATE", der)).getFirst();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the authority's key cannot sign", e);
    }
  }

  @Override
  public String toString() {
    return "Authority[" + installationId + "]";
  }
}
