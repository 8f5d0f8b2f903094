package io.fleetserve.controller.problem;

import io.fleetserve.api.spec.SpecException;
import io.fleetserve.api.spec.SpecProblem;
import io.fleetserve.api.wire.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Every kind of error the API answers with. `docs/api.md` lists them.
public final class Problems {
  private Problems() {}

  public static ProblemException unauthorized() {
    return of(
        401,
        "unauthorized",
        "Unauthorized",
        "the Authorization header must be: Bearer <token>, with the token of this kind of caller");
  }

  public static ProblemException joinRefused(String detail) {
    return of(403, "join-refused", "No certificate", detail);
  }

  public static ProblemException noSuchBundle(String architecture, List<String> all) {
    return of(
        404,
        "no-such-bundle",
        "No such bundle",
        "architecture: "
            + architecture
            + " (expected: "
            + (all.isEmpty() ? "none, this distribution has no bundle" : String.join(", ", all))
            + ")");
  }

  public static ProblemException badRequest(String detail) {
    return of(400, "bad-request", "Bad request", detail);
  }

  public static ProblemException tooLarge(long limitBytes) {
    return of(
        413, "too-large", "Body too large", "the body is larger than " + limitBytes + " bytes");
  }

  public static ProblemException noSuchPath(String method, String path) {
    return of(
        404,
        "no-such-path",
        "No such path",
        method + " " + path + " is not part of this API; GET /api/v1/openapi.yaml describes it");
  }

  /// No service has that name.
  ///
  /// @param nearest a service that may have been meant
  public static ProblemException noSuchService(
      String name, Optional<String> nearest, Collection<String> all) {
    String hint =
        nearest
            .map(other -> "did you mean " + other + "?")
            .orElse(all.isEmpty() ? "there is none" : "there are: " + String.join(", ", all));
    return of(
        404,
        "no-such-service",
        "No such service",
        "no service is named " + name + " (" + hint + ")");
  }

  public static ProblemException noSuchReplica(String service, int replicaId) {
    return of(
        404,
        "no-such-replica",
        "No such replica",
        "service " + service + " has no replica " + replicaId);
  }

  public static ProblemException noSuchVersion(String service, String wanted) {
    return of(
        404,
        "no-such-version",
        "No such version",
        "service " + service + " has no version " + wanted + " to go back to");
  }

  public static ProblemException serviceExists(String name) {
    return of(
        409,
        "service-exists",
        "Service exists",
        "a service named "
            + name
            + " exists; change it with: serve update "
            + name
            + " FILE, or choose another name with --name");
  }

  public static ProblemException serviceEnding(String name) {
    return of(
        409,
        "service-ending",
        "Service is ending",
        "service " + name + " is being ended; wait until it is gone");
  }

  public static ProblemException portInUse(int port, String by) {
    return of(
        409,
        "port-in-use",
        "Port in use",
        "port "
            + port
            + " is in use"
            + by
            + "; choose another service.listen.port or leave it out");
  }

  public static ProblemException servicesExist(Collection<String> names) {
    return of(
        409,
        "services-exist",
        "Services exist",
        "still serving: "
            + String.join(", ", names)
            + "; end them with: serve down --all, or leave them running with: serve controller stop"
            + " --keep-serving");
  }

  public static ProblemException balancerNotReplaced(String why) {
    return of(409, "load-balancer-not-replaced", "Load balancer not replaced", why);
  }

  public static ProblemException invalidFile(SpecException wrong) {
    return invalidFile(wrong.problems());
  }

  public static ProblemException invalidFile(List<SpecProblem> errors) {
    return new ProblemException(
        new Problem(
            "/problems/invalid-service-file",
            "Invalid service file",
            400,
            errors.size() == 1
                ? errors.getFirst().toString()
                : errors.size() + " errors in the service file",
            errors));
  }

  /// The file is fine, but nothing here can run it.
  public static ProblemException cannotRun(String fileName, List<String> reasons) {
    return new ProblemException(
        new Problem(
            "/problems/invalid-service-file",
            "Cannot run this service",
            400,
            String.join("; ", reasons),
            reasons.stream().map(reason -> new SpecProblem(fileName, 0, 0, "", reason)).toList()));
  }

  public static ProblemException diskFull(String path) {
    return of(
        507,
        "disk-full",
        "Disk full",
        "No space left on device: the disk is full where "
            + path
            + " is; free some space and repeat the command");
  }

  /// The store found no space.
  ///
  /// @param what happened, with the path
  public static ProblemException storeFull(String what) {
    return of(507, "disk-full", "Disk full", what + "; free some space and repeat the command");
  }

  public static ProblemException storeFailed(String detail) {
    return of(503, "store-failed", "Store failed", detail);
  }

  public static ProblemException stopping() {
    return of(503, "stopping", "Stopping", "this controller is ending; repeat the command");
  }

  public static ProblemException gone(String what) {
    return of(410, "gone", "Gone", what);
  }

  public static Problem internal() {
    return new Problem(
        "/problems/internal",
        "Internal error",
        500,
        "a bug in the controller; logs/controller.log has the details",
        List.of());
  }

  private static ProblemException of(int status, String type, String title, String detail) {
    return new ProblemException(new Problem("/problems/" + type, title, status, detail, List.of()));
  }
}
