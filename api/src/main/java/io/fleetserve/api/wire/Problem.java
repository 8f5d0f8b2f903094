package io.fleetserve.api.wire;

import io.fleetserve.api.spec.SpecProblem;
import java.util.List;

/// An error answer of the REST API, RFC 9457 (`application/problem+json`).
///
/// @param type URI reference that names the kind, for example `/problems/service-exists`
/// @param title short, constant per type
/// @param detail what happened, with identifiers, and the fix
/// @param errors everything wrong with a service file; empty for other problems
public record Problem(
    String type, String title, int status, String detail, List<SpecProblem> errors) {
  public Problem {
    errors = List.copyOf(errors);
  }
}
