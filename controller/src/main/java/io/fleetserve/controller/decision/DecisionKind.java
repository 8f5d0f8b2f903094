package io.fleetserve.controller.decision;

/// What was decided.
public enum DecisionKind {
  /// How many replicas.
  SCALING,
  /// How many of them on spot machines, in which zones.
  MIX,
  /// Which offer one replica goes to.
  PLACEMENT
}
