package io.fleetserve.api.wire;

/// Answer to an agent that joins, or renews: `POST /api/v1/agents/{service}/{replicaId}/join` and
/// `.../certificate`. The body of the request is PKCS #10 in DER.
///
/// @param certificate PEM
/// @param renewAfterMillis when to ask for its successor, counted from now, whatever the agent's
///   clock says
public record AgentCertificate(String certificate, long renewAfterMillis) {}
