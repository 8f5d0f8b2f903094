package io.fleetserve.controller.identity;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.pki.CertificateRequest;
import io.fleetserve.controller.home.AccessToken;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.store.Join;
import io.fleetserve.controller.store.Store;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Turns one-time tokens into certificates, and says whose certificates are good. Thread-safe.
///
/// ```
/// invite            token, 10 min   -> row {token's hash}
/// extend            still waiting   -> row {token's hash, 10 min from now}
/// join(token, key)  first key only  -> row {key, serial}       the same key again: answer was lost
/// renew(key)        by certificate  -> row {key, serial, previous serial for 5 min}
/// revoke                            -> row {revoked}           from then on nothing is good
/// ```
public final class Joins {
  /// How long a token is good.
  static final Duration TOKEN_LIFE = Duration.ofMinutes(10);

  /// How long the certificate before the newest is still good.
  static final Duration OVERLAP = Duration.ofMinutes(5);

  private final Authority authority;
  private final Store store;
  private final Duration life;
  private final Map<String, Join> known = new ConcurrentHashMap<>();

  /// @param life of an agent's certificate; it is renewed after half of it
  public Joins(Authority authority, Store store, Duration life) {
    this.authority = authority;
    this.store = store;
    this.life = life;
  }

  /// A new token for an attempt; it names the attempt, so that it is found again.
  public static String token(String attemptId) {
    return attemptId + "." + AccessToken.random();
  }

  /// Makes the token good. To be called before the provider is.
  public void invite(String attemptId, String token) {
    Instant expires = authority.clock().instant().plus(TOKEN_LIFE);
    save(Join.invited(attemptId, AccessToken.hash(token), expires));
  }

  /// The machine of an attempt waits for its start: the token that it will join with stays good.
  public synchronized void extend(String attemptId) {
    Instant expires = authority.clock().instant().plus(TOKEN_LIFE);
    find(attemptId)
        .filter(join -> !join.revoked() && join.keyHash() == null)
        .filter(join -> join.expiresAt().isBefore(expires.minus(TOKEN_LIFE.dividedBy(2))))
        .ifPresent(join -> save(join.until(expires)));
  }

  /// When a certificate issued now should be replaced.
  public Duration renewAfter() {
    return life.dividedBy(2);
  }

  /// A certificate for the key of a request.
  ///
  /// @param request PKCS #10 in DER
  /// @throws JoinRefusedException when the token is not the attempt's, is over, or was used for
  ///   another key; when the attempt is revoked; when the request is not signed with its own key
  public synchronized X509Certificate join(
      ReplicaKey key, String attemptId, String token, byte[] request) {
    Join join =
        find(attemptId).orElseThrow(() -> new JoinRefusedException("no token was made for it"));
    PublicKey subject = subject(request);
    check(!join.revoked(), "the attempt was revoked");
    check(new AccessToken(join.tokenHash()).matches(token), "the token is not this attempt's");
    check(authority.clock().instant().isBefore(join.expiresAt()), "the token has expired");
    check(
        join.keyHash() == null || join.keyHash().equals(hash(subject)),
        "the token was used already");
    return issue(join, key, subject);
  }

  /// A successor of a certificate that is good, see [#accepts].
  ///
  /// @throws JoinRefusedException when the request is not signed with its own key
  public synchronized X509Certificate renew(ReplicaKey key, String attemptId, byte[] request) {
    Join join = find(attemptId).orElseThrow(() -> new JoinRefusedException("it has not joined"));
    return issue(join, key, subject(request));
  }

  private static PublicKey subject(byte[] request) {
    try {
      return CertificateRequest.verified(request);
    } catch (IllegalArgumentException e) {
      throw new JoinRefusedException(String.valueOf(e.getMessage()));
    }
  }

  private static void check(boolean holds, String reason) {
    if (!holds) {
      throw new JoinRefusedException(reason);
    }
  }

  private X509Certificate issue(Join join, ReplicaKey key, PublicKey subject) {
    X509Certificate certificate = authority.issue(subject, name(key, join.attemptId()), life);
    Instant overlap = authority.clock().instant().plus(OVERLAP);
    save(join.certified(hash(subject), serial(certificate), overlap));
    return certificate;
  }

  private CertificateName name(ReplicaKey key, String attemptId) {
    return CertificateName.agent(
        authority.installationId(), key.service(), key.replicaId(), key.generation(), attemptId);
  }

  /// Whether a certificate, which the authority has signed, is the attempt's and good now.
  public boolean accepts(ReplicaKey key, String attemptId, X509Certificate certificate) {
    Optional<Join> join = find(attemptId).filter(found -> !found.revoked());
    return join.isPresent()
        && CertificateName.of(certificate).equals(Optional.of(name(key, attemptId)))
        && isCurrent(join.get(), serial(certificate))
        && isInTime(certificate);
  }

  private boolean isCurrent(Join join, String serial) {
    return serial.equals(join.serial())
        || (serial.equals(join.previousSerial())
            && authority.clock().instant().isBefore(join.previousUntil()));
  }

  /// A resumed TLS session is not checked again by the JDK.
  private boolean isInTime(X509Certificate certificate) {
    try {
      certificate.checkValidity(java.util.Date.from(authority.clock().instant()));
      return true;
    } catch (CertificateException over) {
      return false;
    }
  }

  /// Whether a token is one that an agent has still to join with.
  public boolean isOpen(String token) {
    int dot = token.indexOf('.');
    return dot > 0
        && find(token.substring(0, dot))
            .filter(join -> !join.revoked() && join.keyHash() == null)
            .filter(join -> authority.clock().instant().isBefore(join.expiresAt()))
            .filter(join -> new AccessToken(join.tokenHash()).matches(token))
            .isPresent();
  }

  /// From now on nothing of the attempt is good; nothing happens when it has not been invited.
  public synchronized void revoke(String attemptId) {
    find(attemptId).filter(join -> !join.revoked()).ifPresent(join -> save(join.asRevoked()));
  }

  public boolean isRevoked(String attemptId) {
    return find(attemptId).filter(Join::revoked).isPresent();
  }

  /// How an attempt's agent proves who it is; empty when it was not invited.
  public Optional<Join> of(String attemptId) {
    return find(attemptId);
  }

  private Optional<Join> find(String attemptId) {
    Join cached = known.get(attemptId);
    if (cached != null) {
      return Optional.of(cached);
    }
    Optional<Join> stored = store.join(attemptId);
    stored.ifPresent(join -> known.putIfAbsent(attemptId, join));
    return stored;
  }

  private void save(Join join) {
    store.save(join);
    known.put(join.attemptId(), join);
  }

  /// Frees the memory of an attempt that is over.
  public void forget(String attemptId) {
    known.remove(attemptId);
  }

  private static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }

  private static String hash(PublicKey key) {
    return AccessToken.hash(java.util.HexFormat.of().formatHex(key.getEncoded()));
  }
}
