package io.fleetserve.controller.autoscale;

import static io.fleetserve.api.unit.Checks.check;

/// How `forecast` follows a load until it thinks again.
///
/// @param by name of the forecaster it listens to
/// @param period that this one looks back, in spans; 0 when it looks at none
/// @param margin what to add to its words, in its own unit ([Forecaster#with]); may be negative
/// @param patience spans over which the average demand has to be above the forecast to count, >= 1
/// @param hold spans for which a smaller need must last before a replica is taken away, >= 0
/// @param chosenAt number of the span it was chosen at
record Plan(String by, int period, double margin, int patience, int hold, long chosenAt) {
  Plan {
    check(patience >= 1, "patience", patience, ">= 1");
    check(hold >= 0, "hold", hold, ">= 0");
  }

  Plan withMargin(double other) {
    return new Plan(by, period, other, patience, hold, chosenAt);
  }

  Plan withPatience(int other) {
    return new Plan(by, period, margin, other, hold, chosenAt);
  }

  Plan withHold(int other) {
    return new Plan(by, period, margin, patience, other, chosenAt);
  }

  Plan at(long span) {
    return new Plan(by, period, margin, patience, hold, span);
  }
}
