package io.fleetserve.provider.sim;

import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.SettingsSection;
import io.fleetserve.provider.sim.cloud.CloudSettings;
import io.fleetserve.provider.sim.cloud.Faults;
import io.fleetserve.provider.sim.cloud.MachineType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What `providers.sim` of `config.yaml` says. Times are simulated.
///
/// @param speed simulated seconds per second
/// @param startMillis where in the timelines the cloud begins
record SimSettings(double speed, long startMillis, CloudSettings cloud) {
  private static final double LONGEST_SECONDS = 86_400;
  private static final MachineType STANDARD =
      new MachineType("v100", 8, 61, Map.of("V100", 1), 3.06, 0.92);

  /// Throws a [ProviderSettingsException] with every error.
  static SimSettings read(Map<String, Object> settings) {
    SettingsSection root = SettingsSection.root(settings);
    double speed = root.number("speed", 1, 0.01, 100_000);
    long start = (long) (root.number("start_hours", 0, 0, 1e6) * 3_600_000);
    long seed = root.whole("seed", 1, 0, Long.MAX_VALUE);
    long launch = millis(root, "launch_seconds", 30);
    double jitter = root.number("launch_jitter", 0, 0, 1);
    long notice = millis(root, "notice_seconds", 120);
    long listing = millis(root, "listing_delay_seconds", 0);
    ZonesReader zones = new ZonesReader(root);
    List<MachineType> machines = machines(root.section("machines"));
    Map<String, Integer> quotas = quotas(root.section("quotas"), zones);
    Faults faults = faults(root.section("failures"));
    root.refuseOthers();
    root.throwIfWrong();
    return new SimSettings(
        speed,
        start,
        new CloudSettings(
            seed, zones.zones(), machines, quotas, launch, jitter, notice, listing, faults));
  }

  private static long millis(SettingsSection section, String key, double standard) {
    return Math.round(section.number(key, standard, 0, LONGEST_SECONDS) * 1000);
  }

  private static List<MachineType> machines(SettingsSection section) {
    List<MachineType> all = new ArrayList<>();
    for (String name : section.keys()) {
      SettingsSection one = section.section(name);
      SettingsSection accelerators = one.section("accelerators");
      Map<String, Integer> counts = new HashMap<>();
      for (String accelerator : accelerators.keys()) {
        counts.put(accelerator, accelerators.whole(accelerator, 1, 1, 1024));
      }
      double price = one.number("price", STANDARD.price(), 0.0001, 100_000);
      all.add(
          new MachineType(
              name,
              one.number("cpus", STANDARD.cpus(), 0.1, 10_000),
              one.number("memory", STANDARD.memoryGib(), 0.1, 1e6),
              counts,
              price,
              one.number("spot_price", price * 0.3, 0.0001, 100_000)));
      one.refuseOthers();
    }
    return all.isEmpty() ? List.of(STANDARD) : all;
  }

  private static Map<String, Integer> quotas(SettingsSection section, ZonesReader zones) {
    Map<String, Integer> all = new HashMap<>();
    for (String region : section.keys()) {
      all.put(region, section.whole(region, 0, 0, 1_000_000));
      if (!zones.regions().contains(region)) {
        section.wrong(region, region, "one of " + String.join(", ", zones.regions()));
      }
    }
    return all;
  }

  /// Shares that together are more than 1 would hide one another.
  private static Faults faults(SettingsSection section) {
    Map<Category, Double> refused = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      if (category != Category.OUTCOME_UNKNOWN) {
        refused.put(category, share(section, category.name().toLowerCase(Locale.ROOT)));
      }
    }
    double answerLost = share(section, "answer_lost");
    double callLost = share(section, "call_lost");
    double broken = share(section, "broken");
    section.refuseOthers();
    double sum = refused.values().stream().mapToDouble(Double::doubleValue).sum();
    Optional.of(Math.max(sum, answerLost + callLost))
        .filter(most -> most > 1)
        .ifPresent(most -> section.wrong(most + " together (expected: at most 1 together)"));
    return new Faults(refused, answerLost, callLost, broken);
  }

  private static double share(SettingsSection section, String key) {
    return section.number(key, 0, 0, 1);
  }
}
