package io.fleetserve.cli.client;

import io.fleetserve.api.spec.SpecProblem;
import io.fleetserve.api.wire.Problem;
import java.util.ArrayList;
import java.util.List;

/// An error answer of the controller.
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.detail().isEmpty() ? problem.title() : problem.detail());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  /// Whether the problem is of this kind, for example `no-such-service`.
  public boolean is(String kind) {
    return problem.type().equals("/problems/" + kind);
  }

  /// What to print: every error of the file, or the detail.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (SpecProblem error : problem.errors()) {
      lines.add(error.toString());
    }
    if (lines.isEmpty()) {
      lines.addAll(String.valueOf(getMessage()).lines().toList());
    }
    return lines;
  }
}
