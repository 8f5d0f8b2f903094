package io.fleetserve.controller.home;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/// A random token of 256 bits, kept as its SHA-256, so that no dump of the program shows it.
///
/// @param sha256 64 hex digits
public record AccessToken(String sha256) {
  private static final int BYTES = 32;

  /// The token in `file`, which is made, for the owner only, if it is missing or empty.
  public static AccessToken in(Path file) {
    try {
      String text = Files.exists(file) ? Files.readString(file).strip() : "";
      if (text.isEmpty()) {
        text = random();
        OwnerOnlyFiles.replace(file, text + "\n");
      }
      OwnerOnlyFiles.createFile(file);
      return new AccessToken(hash(text));
    } catch (IOException e) {
      throw new StartupException("cannot use " + file + ": " + HomeFolder.reason(e), e);
    }
  }

  /// A new token in its plain form, URL-safe.
  public static String random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// SHA-256 of a text, 64 hex digits.
  public static String hash(String text) {
    return HexFormat.of().formatHex(digest(text));
  }

  /// True when `presented` is this token. The time taken does not depend on where they differ.
  public boolean matches(String presented) {
    return MessageDigest.isEqual(digest(presented), HexFormat.of().parseHex(sha256));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  @Override
  public String toString() {
    return "AccessToken[***]";
  }
}
