package io.fleetserve.provider.slurm;

import io.fleetserve.provider.SettingsSection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What `providers.slurm.clusters.<name>` of `config.yaml` says.
///
/// @param access how it is reached
/// @param loopback whether its nodes are this machine, so that agents need no network to it
/// @param controllerUrl where agents find the controller; empty means where it says it is
/// @param agent command line of the agent on the nodes; empty means the installation's own
/// @param folder on the nodes, for replicas' folders
/// @param logs folder that login node and nodes share, for what jobs print; empty means nowhere
/// @param handover how long before the end of its walltime a replica is to be replaced
/// @param standard what holds for every partition
/// @param partitions what differs in some; when not empty, only these are used
record SlurmSettings(
    SlurmAccess access,
    boolean loopback,
    Optional<String> controllerUrl,
    List<String> agent,
    String folder,
    Optional<String> logs,
    Duration handover,
    Terms standard,
    Map<String, Terms> partitions) {
  private static final Duration HANDOVER = Duration.ofMinutes(2);

  SlurmSettings {
    agent = List.copyOf(agent);
    partitions = Map.copyOf(partitions);
  }

  /// On what terms jobs are submitted.
  ///
  /// @param spot empty means what Slurm's own preemption rules say
  /// @param price dollars an hour of one node
  /// @param acceleratorPrices dollars an hour of one, by type
  /// @param notice the grace that a preempted job of it gets; zero means none
  /// @param maxJobs of this installation in one partition at a time; 0 means any number
  /// @param walltime empty means the partition's own default
  /// @param options of `sbatch` by their long names; an empty value means a flag
  record Terms(
      Optional<Boolean> spot,
      double price,
      Map<String, Double> acceleratorPrices,
      Duration notice,
      int maxJobs,
      Optional<Duration> walltime,
      Map<String, String> options) {
    private static final double MOST = 100_000;

    Terms {
      acceleratorPrices = Map.copyOf(acceleratorPrices);
      options = new TreeMap<>(options);
    }

    private static final Terms NONE =
        new Terms(Optional.empty(), 0, Map.of(), Duration.ZERO, 0, Optional.empty(), Map.of());

    /// @param above what holds where the section says nothing
    private static Terms read(SettingsSection section, Terms above, SlurmAccess access) {
      Map<String, Double> prices = new TreeMap<>(above.acceleratorPrices());
      SettingsSection each = section.section("accelerator_prices");
      each.keys().forEach(type -> prices.put(type, each.number(type, 0, 0, MOST)));
      Map<String, String> options = new TreeMap<>(above.options());
      for (String option : List.of("account", "qos", "constraint")) {
        section.text(option).ifPresent(value -> options.put(option, value));
      }
      SettingsSection more = section.section("sbatch_options");
      for (String key : more.keys()) {
        String option = key.replace('_', '-');
        access
            .against(option)
            .ifPresentOrElse(
                why -> more.wrong(key, key, why), () -> options.put(option, value(more, key)));
      }
      return new Terms(
          section.flag("spot").or(above::spot),
          section.number("price", above.price(), 0, MOST),
          prices,
          section.duration("notice").orElse(above.notice()),
          section.whole("max_jobs", above.maxJobs(), 0, 1_000_000),
          section.duration("walltime").or(above::walltime),
          options);
    }

    private static String value(SettingsSection section, String key) {
      String value = section.text(key).orElse("");
      return value.equals("true") ? "" : value;
    }
  }

  /// Every cluster by its name; throws a `ProviderSettingsException` with every error.
  static Map<String, SlurmSettings> read(Map<String, Object> settings) {
    SettingsSection root = SettingsSection.root(settings);
    SettingsSection section = root.section("clusters");
    Map<String, SlurmSettings> clusters = new LinkedHashMap<>();
    for (String name : section.keys()) {
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
        section.wrong(name, name, "letters, digits, _ . -");
      }
      clusters.put(name, cluster(section.section(name)));
    }
    if (section.keys().isEmpty()) {
      root.missing("clusters", "a name, and rest, ssh or local below it");
    }
    root.refuseOthers();
    root.throwIfWrong();
    return clusters;
  }

  private static SlurmSettings cluster(SettingsSection section) {
    SlurmAccess access = SlurmAccess.read(section);
    Terms standard = Terms.read(section, Terms.NONE, access);
    SettingsSection named = section.section("partitions");
    Map<String, Terms> partitions = new TreeMap<>();
    for (String name : named.keys()) {
      SettingsSection one = named.section(name);
      partitions.put(name, Terms.read(one, standard, access));
      one.refuseOthers();
    }
    SlurmSettings read =
        new SlurmSettings(
            access,
            section.flag("loopback", false),
            section.text("controller_url"),
            section.texts("agent"),
            section.text("folder").orElse("/tmp"),
            section.text("logs"),
            section.duration("handover").orElse(HANDOVER),
            standard,
            partitions);
    if (!read.folder().startsWith("/")) {
      section.wrong("folder", read.folder(), "an absolute path on the nodes");
    }
    section.refuseOthers();
    return read;
  }

  /// Empty when the partition is not used.
  Optional<Terms> terms(String partition) {
    return partitions.isEmpty()
        ? Optional.of(standard)
        : Optional.ofNullable(partitions.get(partition));
  }

  /// How long before a job is taken back it is known, where that is known at all.
  Duration notice() {
    Duration shortest = Duration.ZERO;
    for (Terms terms : partitions.isEmpty() ? List.of(standard) : partitions.values()) {
      Duration notice = terms.notice();
      if (notice.isPositive() && (shortest.isZero() || notice.compareTo(shortest) < 0)) {
        shortest = notice;
      }
    }
    return shortest.isZero() ? handover : shortest;
  }
}
