package io.fleetserve.benchmarks.load.subject;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A certificate of this run and its key as PEM files: elliptic curve P-256, signed by itself.
///
/// @param chain the certificate
/// @param key its key
/// @param both one file with certificate and key
public record Certificate(Path chain, Path key, Path both) {
  /// Makes one.
  ///
  /// @param folder for the files; only the owner may read them
  public static Certificate make(Path folder) throws IOException {
    X509Bundle made;
    try {
      made =
          new CertificateBuilder()
              .subject("CN=localhost")
              .algorithm(Algorithm.ecp256)
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) { // as declared by the builder
      throw new IOException("no certificate: " + e.getMessage(), e);
    }
    String chain = made.getCertificatePathPEM();
    String key = made.getPrivateKeyPEM();
    return new Certificate(
        write(folder.resolve("chain.pem"), chain),
        write(folder.resolve("key.pem"), key),
        write(folder.resolve("both.pem"), chain + key));
  }

  private static Path write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
