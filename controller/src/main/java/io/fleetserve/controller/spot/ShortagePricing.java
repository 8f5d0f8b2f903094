package io.fleetserve.controller.spot;

import io.fleetserve.controller.spot.MixPolicy.Inputs;

/// What a time with too few ready replicas is worth, in cheapest spot replicas for that time.
public sealed interface ShortagePricing {
  /// The worth of a shortage now.
  ///
  /// @param credit of the memory, after this decision's inputs
  /// @param onDemandPrice in cheapest spot replicas
  double price(double credit, int wanted, double onDemandPrice);

  /// What is left to spend on shortage, in cold starts; below 0 when too much was spent.
  double credit(Inputs in);

  /// Always the same.
  ///
  /// @param price > 0
  record Fixed(double price) implements ShortagePricing {
    public Fixed {
      if (!(price > 0)) {
        throw new IllegalArgumentException("price: " + price + " (expected: > 0)");
      }
    }

    @Override
    public double price(double credit, int wanted, double onDemandPrice) {
      return price;
    }

    @Override
    public double credit(Inputs in) {
      return 0;
    }
  }

  /// The price at which the share of time with enough ready replicas comes out as wanted.
  ///
  /// A budget: time adds 1 - target to the credit, shortage takes from it. The price starts where
  /// the share of shortage aimed at, insured at `CARE` times its worth, would just pay for every
  /// replica on demand; it rises fast with debt and falls slowly with savings. The aim is a little
  /// above the target, as the credit swings.
  ///
  /// @param availability above 0 and below 1
  record Target(double availability) implements ShortagePricing {
    private static final double CARE = 0.25;
    private static final double MARGIN = 0.92;
    private static final double RISE = 0.4;
    private static final double FALL = 0.08;
    private static final double MOST_DEBT = 8;
    private static final double MOST_SAVINGS = 15;

    /// A decision after a long silence does not know what was in between.
    private static final double LONGEST_STEP = 10;

    public Target {
      if (!(availability > 0 && availability < 1)) {
        throw new IllegalArgumentException(
            "availability: " + availability + " (expected: above 0 and below 1)");
      }
    }

    private double allowedShortage() {
      return MARGIN * (1 - availability);
    }

    @Override
    public double price(double credit, int wanted, double onDemandPrice) {
      double start = onDemandPrice * Math.max(1, wanted) * CARE / allowedShortage();
      return start * Math.exp(-credit * (credit > 0 ? FALL : RISE));
    }

    /// Nothing can be ready within the first cold start.
    @Override
    public double credit(Inputs in) {
      MixMemory last = in.memory();
      double coldStart = in.coldStart().toMillis();
      long now = in.now().toEpochMilli();
      if (last.atMillis() == 0 || now - last.startedAtMillis() <= coldStart) {
        return last.credit();
      }
      double step = Math.clamp((now - last.atMillis()) / coldStart, 0, LONGEST_STEP);
      boolean lacking = in.spotReady() + in.onDemandReady() < in.wanted();
      double change = step * (allowedShortage() - (lacking ? 1 : 0));
      return Math.clamp(last.credit() + change, -MOST_DEBT, MOST_SAVINGS);
    }
  }
}
