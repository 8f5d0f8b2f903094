package io.fleetserve.api.pki;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/// A request for a certificate (PKCS #10, RFC 2986) of an elliptic-curve key on P-256. It carries
/// the key and the proof that its sender has the private half, and nothing else: what the
/// certificate says is the authority's decision. Stateless.
public final class CertificateRequest {
  /// `ecdsa-with-SHA256`, RFC 5758 3.2.
  public static final String SIGNATURE_ID = "1.2.840.10045.4.3.2";

  public static final String SIGNATURE = "SHA256withECDSA";
  private static final int FIELD_BITS = 256;

  private CertificateRequest() {}

  /// A fresh key.
  public static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /// The request in DER.
  public static byte[] of(KeyPair key) {
    byte[] info =
        Der.sequence(
            Der.integer(java.math.BigInteger.ZERO),
            Der.sequence(), // the subject: left to the authority
            key.getPublic().getEncoded(),
            Der.explicit(0));
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initSign(key.getPrivate());
      signature.update(info);
      return Der.sequence(
          info, Der.sequence(Der.objectId(SIGNATURE_ID)), Der.bitString(0, signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
  }

  /// The key of a request whose proof holds.
  ///
  /// @throws IllegalArgumentException when it is no such request, is for another kind of key, or
  ///   was not signed with the key's private half
  public static PublicKey verified(byte[] der) {
    DerReader request = new DerReader(der);
    DerReader parts = request.inside(Der.SEQUENCE);
    byte[] info = parts.encoded(Der.SEQUENCE);
    parts.content(Der.SEQUENCE); // the algorithm: there is one
    byte[] bits = parts.content(Der.BIT_STRING);
    if (!request.atEnd() || !parts.atEnd() || bits.length < 2 || bits[0] != 0) {
      throw new IllegalArgumentException("not a certificate request");
    }
    DerReader fields = new DerReader(info).inside(Der.SEQUENCE);
    fields.content(Der.INTEGER);
    fields.content(Der.SEQUENCE);
    try {
      PublicKey key =
          KeyFactory.getInstance("EC")
              .generatePublic(new X509EncodedKeySpec(fields.encoded(Der.SEQUENCE)));
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initVerify(key);
      signature.update(info);
      boolean curve =
          key instanceof ECPublicKey ec
              && ec.getParams().getCurve().getField().getFieldSize() == FIELD_BITS;
      if (!curve || !signature.verify(bits, 1, bits.length - 1)) {
        throw new IllegalArgumentException("the request was not signed with its own P-256 key");
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a request for a P-256 key: " + e.getMessage(), e);
    }
  }
}
