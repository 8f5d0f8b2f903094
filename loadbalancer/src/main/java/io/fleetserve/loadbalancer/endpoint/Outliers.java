package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.loadbalancer.endpoint.Health.Cause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which replicas fail much more than the others. Pure.
final class Outliers {
  /*
   * Success rate, as Envoy's: below mean - factor * standard deviation, over the replicas with
   * enough requests, if there are MIN_REPLICAS of those.
   *
   * Among n replicas the worst one cannot lie more than sqrt(n - 1) standard deviations below the
   * mean, so for few replicas the rule is blind. For those, and for every number, the failure
   * fraction: at least the rule's, and twice that of all others together. If all fail alike it is
   * the requests, or what the replicas share, and ejecting one would only burden the rest.
   *
   * Differs for both: the replica must have failed as often, within the window, as would eject it
   * in a row. Without that a single failure is an outlier as soon as all others have none.
   */
  private static final int MIN_REPLICAS = 5;

  /// A success rate means something from so many times the rule's least requests on.
  private static final int RATE_FACTOR = 10;

  private Outliers() {}

  /// Outcomes of one replica within the window.
  record Sample(int replica, long successes, long failures) {
    long total() {
      return successes + failures;
    }

    double failureFraction() {
      return total() == 0 ? 0 : (double) failures / total();
    }
  }

  /// A replica to eject.
  record Found(int replica, Cause cause) {}

  /// The outliers, worst first.
  static List<Found> find(List<Sample> samples, OutlierRule rule) {
    List<Found> found = new ArrayList<>();
    double lowest = lowestRate(samples, rule);
    long failures = samples.stream().mapToLong(Sample::failures).sum();
    long total = samples.stream().mapToLong(Sample::total).sum();
    List<Sample> worstFirst = new ArrayList<>(samples);
    worstFirst.sort(Comparator.comparingDouble(Sample::failureFraction).reversed());
    for (Sample each : worstFirst) {
      double fraction = each.failureFraction();
      long others = total - each.total();
      double ofOthers = others == 0 ? 1 : (double) (failures - each.failures()) / others;
      if (each.failures() < rule.consecutiveFailures()) {
        continue;
      }
      if (each.total() >= rule.minRequests()
          && rule.failureFraction() > 0
          && fraction >= rule.failureFraction()
          && fraction >= 2 * ofOthers) {
        found.add(new Found(each.replica(), Cause.FAILURE_FRACTION));
      } else if (each.total() >= (long) RATE_FACTOR * rule.minRequests() && 1 - fraction < lowest) {
        found.add(new Found(each.replica(), Cause.SUCCESS_RATE));
      }
    }
    return found;
  }

  /// The success rate below which a replica is an outlier; 0 when there are too few to compare.
  private static double lowestRate(List<Sample> samples, OutlierRule rule) {
    double[] rates =
        samples.stream()
            .filter(each -> each.total() >= (long) RATE_FACTOR * rule.minRequests())
            .mapToDouble(each -> 1 - each.failureFraction())
            .toArray();
    if (rates.length < MIN_REPLICAS || rule.stdevFactor() == 0) {
      return 0;
    }
    double mean = 0;
    for (double rate : rates) {
      mean += rate / rates.length;
    }
    double variance = 0;
    for (double rate : rates) {
      variance += (rate - mean) * (rate - mean) / rates.length;
    }
    return mean - rule.stdevFactor() * Math.sqrt(variance);
  }
}
