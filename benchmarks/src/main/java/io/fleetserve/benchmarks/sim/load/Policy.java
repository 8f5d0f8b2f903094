package io.fleetserve.benchmarks.sim.load;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecReader;
import io.fleetserve.api.spec.SpecSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One setting of one policy: a service file.
///
/// @param name of the policy
/// @param setting what was chosen, for people
/// @param published the setting its authors publish, or our default
record Policy(String name, String setting, boolean published, ServiceSpec spec) {
  static final String OURS = "forecast";
  static final String FIXED = "fixed";
  private static final double PUBLISHED = 0.7;

  /// Every setting that is compared on a load. The published policies aim at a share of the slots,
  /// 70 % by default; ours at a headroom.
  static List<Policy> all(Workload load) {
    List<Policy> all = new ArrayList<>();
    for (double share : new double[] {0.5, 0.6, PUBLISHED, 0.8, 0.9}) {
      double target = share * LoadSimulation.SLOTS;
      String setting = Math.round(100 * share) + " %";
      boolean published = share == PUBLISHED;
      all.add(scaled("knative", setting, published, 0, 0, 60, target));
      all.add(scaled("hpa", setting, published, 0, 300, 15, target));
      all.add(scaled("ray_serve", setting, published, 30, 600, 30, target));
      String qps = ", target_qps_per_replica: " + number(target / load.meanService());
      all.add(new Policy("skyserve", setting, published, spec("{" + bounds(300, 1200, qps) + "}")));
    }
    for (double headroom : new double[] {0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99}) {
      all.add(ours(headroom));
    }
    return all;
  }

  /// The same setting, though perhaps for another load.
  boolean isLike(Policy other) {
    return name.equals(other.name) && setting.equals(other.setting);
  }

  static Policy ours(double headroom) {
    String file =
        "{%s, autoscaling: {target: %d, headroom: %s}}"
            .formatted(bounds(0, 300, ""), LoadSimulation.SLOTS, number(headroom));
    return new Policy(OURS, number(headroom), headroom == 0.9, spec(file));
  }

  static Policy fixed(int replicas) {
    return new Policy(FIXED, replicas + " replicas", false, spec("{replicas: " + replicas + "}"));
  }

  private static Policy scaled(
      String name, String setting, boolean published, int up, int down, int window, double target) {
    String file =
        "{%s, autoscaling: {policy: %s, target: %s, window_seconds: %d, panic_window_seconds: 6}}"
            .formatted(bounds(up, down, ""), name, number(target), window);
    return new Policy(name, setting, published, spec(file));
  }

  private static String bounds(int up, int down, String more) {
    return "replica_policy: {min_replicas: 1, max_replicas: 64, upscale_delay_seconds: "
        + up
        + ", downscale_delay_seconds: "
        + down
        + more
        + "}";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value).replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  private static ServiceSpec spec(String service) {
    String file = "service: " + service + "\nrun: server\n";
    return SpecReader.read(new SpecSource("sim.yaml", file, "/", Map.of(), Map.of()));
  }
}
