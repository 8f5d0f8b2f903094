package io.fleetserve.controller.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How the agent of one attempt proves who it is.
///
/// @param tokenHash SHA-256 of its one-time token, hexadecimal
/// @param expiresAt when the token is no longer good
/// @param keyHash SHA-256 of the key it joined with, hexadecimal; null before it joined
/// @param serial of its certificate, hexadecimal; null before it joined
/// @param previousSerial of the certificate before that; null when there was none
/// @param previousUntil how long the one before is still good; the epoch when there was none
/// @param revoked nothing of it is good any more
public record Join(
    String attemptId,
    String tokenHash,
    Instant expiresAt,
    @Nullable String keyHash,
    @Nullable String serial,
    @Nullable String previousSerial,
    Instant previousUntil,
    boolean revoked) {
  public static Join invited(String attemptId, String tokenHash, Instant expiresAt) {
    return new Join(attemptId, tokenHash, expiresAt, null, null, null, Instant.EPOCH, false);
  }

  /// With a new certificate; the one before is good until `overlap`.
  public Join certified(String newKeyHash, String newSerial, Instant overlap) {
    return new Join(
        attemptId, tokenHash, expiresAt, newKeyHash, newSerial, serial, overlap, revoked);
  }

  /// With a token that is good until then.
  public Join until(Instant expires) {
    return new Join(
        attemptId, tokenHash, expires, keyHash, serial, previousSerial, previousUntil, revoked);
  }

  public Join asRevoked() {
    return new Join(
        attemptId, tokenHash, expiresAt, keyHash, serial, previousSerial, previousUntil, true);
  }
}
