package io.fleetserve.api.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// PKCS #10 (RFC 2986), against itself, against openssl, and broken.
final class CertificateRequestTest {
  @Test
  void theKeyOfARequestComesBack() {
    KeyPair key = CertificateRequest.newKey();

    assertThat(CertificateRequest.verified(CertificateRequest.of(key))).isEqualTo(key.getPublic());
  }

  @Test
  void opensslReadsIt(@TempDir Path folder) throws IOException, InterruptedException {
    Path file = folder.resolve("request.der");
    Files.write(file, CertificateRequest.of(CertificateRequest.newKey()));
    Path out = folder.resolve("out");

    int code = openssl(out, "req", "-inform", "DER", "-in", file.toString(), "-verify", "-noout");

    assertThat(code).as(Files.readString(out)).isZero();
  }

  @Test
  void aRequestThatOpensslMadeIsRead(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path request = folder.resolve("request.pem");
    Path out = folder.resolve("out");
    int code =
        openssl(
            out,
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            folder.resolve("key.pem").toString(),
            "-subj",
            "/CN=anything",
            "-out",
            request.toString());
    assertThat(code).as(Files.readString(out)).isZero();

    byte[] der = Pem.decode("CERTIFICATE REQUEST", Files.readString(request));

    assertThat(CertificateRequest.verified(der).getAlgorithm()).isEqualTo("EC");
  }

  private static int openssl(Path out, String... arguments)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is missing");
    ProcessBuilder builder = new ProcessBuilder();
    builder.command().add("/usr/bin/openssl");
    builder.command().addAll(Arrays.asList(arguments));
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void anotherKindOfKeyIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(384);

    assertThatThrownBy(
            () -> CertificateRequest.verified(CertificateRequest.of(generator.generateKeyPair())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("P-256");
  }

  /// Whatever byte is changed or missing, it is refused as wrong and nothing else happens. A change
  /// in what the request does not use (the number of its version, the name of its algorithm) is
  /// signed, or means nothing.
  @Test
  void brokenRequestsAreRefusedInOrder() {
    byte[] good = CertificateRequest.of(CertificateRequest.newKey());
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      byte[] bad =
          random.nextBoolean()
              ? Arrays.copyOf(good, random.nextInt(good.length))
              : flipped(good, random);
      try {
        assertThat(CertificateRequest.verified(bad)).as("seed %d", seed).isNotNull();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).as("seed %d", seed).hasMessageMatching("(?s).+");
      }
    }
  }

  private static byte[] flipped(byte[] good, Random random) {
    byte[] bad = good.clone();
    bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
    return bad;
  }

  @Test
  void aRequestSignedByAnotherKeyIsRefused() {
    byte[] one = CertificateRequest.of(CertificateRequest.newKey());
    byte[] two = CertificateRequest.of(CertificateRequest.newKey());
    int middle = 91 + 12; // within the public key, before the signature
    byte[] mixed = one.clone();
    System.arraycopy(two, 0, mixed, 0, Math.min(middle, two.length));

    assertThatThrownBy(() -> CertificateRequest.verified(mixed))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
