package io.fleetserve.controller.problem;

import io.fleetserve.api.wire.Problem;

/// A request that cannot be served, with the answer it gets.
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.title() + ": " + problem.detail(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
