package io.fleetserve.testing.docker;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Keys and certificates of an engine that is reached by TLS, as PEM files.
///
/// @param folder has `ca.pem`; `server.pem` with `server.key`; `client.pem` with `client.key`,
///   which the engine accepts; and `other-ca.pem`, `other.pem` and `other.key` of an authority that
///   neither side knows
public record EngineKeys(Path folder) {
  /// Makes them.
  ///
  /// @param address of the engine, the only name in its certificate
  static EngineKeys make(Path folder, String address) throws IOException {
    try {
      EngineKeys keys = new EngineKeys(Files.createDirectories(folder));
      X509Bundle authority = authority("engine authority");
      keys.write("ca.pem", authority.getCertificatePEM());
      keys.pair("server", certificate().addSanIpAddress(address).buildIssuedBy(authority));
      keys.pair("client", certificate().buildIssuedBy(authority));
      X509Bundle other = authority("other authority");
      keys.write("other-ca.pem", other.getCertificatePEM());
      keys.pair("other", certificate().buildIssuedBy(other));
      return keys;
    } catch (IOException e) {
      throw e;
    } catch (Exception e) { // as declared by the builder
      throw new IOException("no certificates: " + e.getMessage(), e);
    }
  }

  private static X509Bundle authority(String name) throws Exception {
    return certificate().subject("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned();
  }

  private static CertificateBuilder certificate() {
    return new CertificateBuilder().subject("CN=test").algorithm(Algorithm.ecp256);
  }

  private void pair(String name, X509Bundle made) throws IOException {
    write(name + ".pem", made.getCertificatePathPEM());
    write(name + ".key", made.getPrivateKeyPEM());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  /// The path of one of the files.
  public String file(String name) {
    return folder.resolve(name).toString();
  }
}
