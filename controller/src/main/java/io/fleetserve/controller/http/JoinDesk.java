package io.fleetserve.controller.http;

import io.fleetserve.api.pki.Pem;
import io.fleetserve.api.wire.AgentCertificate;
import io.fleetserve.controller.identity.AgentDoor;
import io.fleetserve.controller.identity.JoinRefusedException;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.problem.ProblemException;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.run.Controller;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// Gives agents on other machines their certificates and judges them; what is refused is told to
/// the audit trail. Thread-safe.
final class JoinDesk {
  private final Controller controller;

  JoinDesk(Controller controller) {
    this.controller = controller;
  }

  /// A certificate for the request in the body, by the one-time token.
  AgentCertificate join(ReplicaKey key, Replica replica, Exchange exchange) throws IOException {
    AgentDoor door = door(exchange);
    String token = exchange.bearer().orElseThrow(Problems::unauthorized);
    byte[] request = exchange.bytes();
    try {
      X509Certificate certificate = door.joins().join(key, attempt(replica), token, request);
      controller.agentJoined(replica, exchange.peer());
      return answer(door, certificate);
    } catch (JoinRefusedException e) {
      throw refused(door, key, exchange, e);
    }
  }

  /// A successor of the certificate that the caller has shown.
  AgentCertificate renew(ReplicaKey key, Replica replica, Exchange exchange) throws IOException {
    AgentDoor door = door(exchange);
    byte[] request = exchange.bytes();
    try {
      return answer(door, door.joins().renew(key, attempt(replica), request));
    } catch (JoinRefusedException e) {
      throw refused(door, key, exchange, e);
    }
  }

  /// Whether a certificate is the replica's and good now.
  boolean isGood(ReplicaKey key, Replica replica, X509Certificate certificate) {
    return controller
        .door()
        .filter(door -> door.joins().accepts(key, attempt(replica), certificate))
        .isPresent();
  }

  /// The answer to an agent whose certificate is not good: it ends its replica when that was
  /// revoked.
  ProblemException refusal(ReplicaKey key, Replica replica, Exchange exchange) {
    Optional<X509Certificate> certificate = exchange.certificate();
    if (controller.door().isEmpty() || certificate.isEmpty()) {
      return Problems.unauthorized();
    }
    AgentDoor door = controller.door().get();
    String serial = certificate.get().getSerialNumber().toString(16);
    door.refusals()
        .refused(
            "certificate "
                + serial
                + " is not good for replica "
                + key
                + ", from "
                + exchange.peer());
    return door.joins().isRevoked(attempt(replica))
        ? Problems.gone("replica " + key + " is not wanted any more")
        : Problems.unauthorized();
  }

  private AgentDoor door(Exchange exchange) {
    return controller.door().filter(_ -> exchange.isSecure()).orElseThrow(Problems::unauthorized);
  }

  private static String attempt(Replica replica) {
    String attempt = replica.attemptId();
    return attempt == null ? "" : attempt;
  }

  private static AgentCertificate answer(AgentDoor door, X509Certificate certificate) {
    return new AgentCertificate(Pem.of(certificate), door.joins().renewAfter().toMillis());
  }

  private static ProblemException refused(
      AgentDoor door, ReplicaKey key, Exchange exchange, JoinRefusedException e) {
    String reason = String.valueOf(e.getMessage());
    door.refusals().refused("replica " + key + ", from " + exchange.peer() + ": " + reason);
    return Problems.joinRefused("replica " + key + ": " + reason);
  }
}
