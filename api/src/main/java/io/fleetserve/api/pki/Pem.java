package io.fleetserve.api.pki;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/// Certificates and keys as text (RFC 7468). Stateless.
public final class Pem {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /// One block of text.
  ///
  /// @param label for example `CERTIFICATE`
  public static String of(String label, byte[] der) {
    String body = LINES.encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  public static String of(X509Certificate certificate) {
    try {
      return of("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e); // it was read or made from its encoding
    }
  }

  /// The certificates in a text.
  ///
  /// @throws IllegalArgumentException when there is none, or one that cannot be read
  public static List<X509Certificate> certificates(String text) {
    try {
      List<X509Certificate> all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (all.isEmpty()) {
        throw new IllegalArgumentException("no certificate in the text");
      }
      return all;
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not a certificate: " + e.getMessage(), e);
    }
  }

  /// What the first block with this label holds, in DER.
  ///
  /// @throws IllegalArgumentException when there is none; the text is not shown
  public static byte[] decode(String label, String text) {
    String begin = "-----BEGIN " + label + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + label + "-----");
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("no " + label + " in the text");
    }
    return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
  }
}
