package io.fleetserve.controller.reconcile;

import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.placement.Wish;
import java.util.Collections;
import java.util.List;

/// How the replicas of one version should be spread over places.
sealed interface Spread permits Spread.Anywhere, MixedSpread {
  /// Replicas wanted, >= 0.
  int total();

  /// Which of `replicas` are too many, first victim first.
  ///
  /// @param spareReady ready replicas that may go before too few are left; may be negative
  List<Replica> surplus(List<Replica> replicas, int spareReady);

  /// What is to be launched beside `replicas`, most urgent first.
  List<Wish> missing(PlanDraft draft, List<Replica> replicas);

  /// Why, with the numbers.
  String reason(int version, int there);

  /// So many, all of one kind.
  record Anywhere(int total, Wish wish, Victims victims) implements Spread {
    @Override
    public List<Replica> surplus(List<Replica> replicas, int spareReady) {
      return victims.ordered(replicas).stream()
          .limit(Math.max(0, replicas.size() - total))
          .toList();
    }

    @Override
    public List<Wish> missing(PlanDraft draft, List<Replica> replicas) {
      return Collections.nCopies(Math.max(0, total - replicas.size()), wish);
    }

    @Override
    public String reason(int version, int there) {
      return "%d replicas of version %d are wanted, there are %d".formatted(total, version, there);
    }
  }
}
