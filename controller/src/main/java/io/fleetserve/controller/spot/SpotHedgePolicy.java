package io.fleetserve.controller.spot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// SpotHedge, and SkyServe's `dynamic_fallback`, which is SpotHedge with keys.
///
/// A zone is avoided after a loss or a failed launch until a launch there succeeds; when few zones
/// are left, all marks are cleared. New replicas go to zones that are not avoided, unused ones
/// first. On demand stands what spot lacks: base + (wanted + extra - base - ready spot), at most
/// wanted. Source: Mao et al., "SkyServe: Serving AI Models across Regions and Clouds with Spot
/// Instances", EuroSys 2025, Algorithm 1.
///
/// @param trust what clears the mark of a zone
/// @param reset when all marks are cleared
/// @param pick which zone of several
public record SpotHedgePolicy(
    String name, Trust trust, Reset reset, Pick pick, MixSettings settings) implements MixPolicy {
  /// What clears the mark of a zone.
  public enum Trust {
    /// A launch succeeded there: SkyServe.
    LAUNCHED,
    /// A replica is there and nothing failed since the last decision: the paper's simulator.
    HELD
  }

  /// When all marks are cleared.
  public enum Reset {
    /// Fewer than two zones are left: the paper's text.
    BELOW_TWO {
      @Override
      boolean due(int left, int zones) {
        return left < 2;
      }
    },
    /// At most min(1, zones - 3) are left, none in a small set: the released code.
    RELEASED {
      @Override
      boolean due(int left, int zones) {
        return left <= Math.max(0, Math.min(1, zones - 3));
      }
    };

    abstract boolean due(int left, int zones);
  }

  /// Which zone of several.
  public enum Pick {
    /// Unused zones, else all; the cheapest of them.
    CHEAPEST,
    /// Unused zones, else all; any of them by chance.
    RANDOM,
    /// The one with the fewest replicas, the first of several.
    FEWEST
  }

  @Override
  public Decision decide(Inputs in) {
    MixMemory memory = marked(ZoneHistory.observe(name, in), in);
    int spotWanted = Math.max(0, in.wanted() + in.extra() - settings.baseOnDemand());
    int[] counts = in.zones().stream().mapToInt(ZoneView::held).toArray();
    SplittableRandom random = new SplittableRandom(memory.seed());
    int launches = spotWanted - in.spotHeld();
    for (int i = 0; i < launches; i++) {
      int zone = next(in.zones(), memory, counts, random);
      if (zone < 0) {
        break;
      }
      counts[zone]++;
    }
    shrink(in.zones(), counts, -launches);
    int lacking = settings.dynamicFallback() ? Math.max(0, spotWanted - in.spotReady()) : 0;
    int onDemand = Math.min(in.wanted(), settings.baseOnDemand() + lacking);
    String reason =
        "%d wanted, %d extra, %d spot ready of %d: %d spot and %d on demand"
            .formatted(
                in.wanted(),
                in.extra(),
                in.spotReady(),
                in.spotHeld(),
                Arrays.stream(counts).sum(),
                onDemand);
    return new Decision(
        list(in.zones(), counts),
        onDemand,
        memory.withSeed(random.nextLong()),
        reason,
        new MixDetail(0, 0, risks(in.zones(), memory), List.of()));
  }

  /// Algorithm 1 takes event by event, so that one that comes after a clearing marks its zone
  /// again; the released code looks once, after all events of a tick.
  private MixMemory marked(MixMemory seen, Inputs in) {
    Map<ZoneKey, Boolean> avoided = new HashMap<>();
    in.zones().forEach(zone -> avoided.put(zone.key(), in.memory().of(zone.key()).avoided()));
    for (ZoneView zone : in.zones()) {
      if (zone.lost() > 0 || zone.failed() > 0) {
        avoided.put(zone.key(), true);
      } else if (trusted(zone, in.memory())) {
        avoided.put(zone.key(), false);
      }
      if (reset == Reset.BELOW_TWO) {
        clear(avoided);
      }
    }
    clear(avoided);
    return seen.withZones(
        seen.zones().stream()
            .map(zone -> zone.withAvoided(avoided.getOrDefault(zone.zone(), zone.avoided())))
            .toList());
  }

  private void clear(Map<ZoneKey, Boolean> avoided) {
    long left = avoided.values().stream().filter(mark -> !mark).count();
    if (reset.due((int) left, avoided.size())) {
      avoided.replaceAll((key, mark) -> false);
    }
  }

  private boolean trusted(ZoneView zone, MixMemory before) {
    return switch (trust) {
      case LAUNCHED -> zone.launched() > before.of(zone.key()).launched();
      case HELD -> zone.launched() > 0;
    };
  }

  private int next(List<ZoneView> zones, MixMemory memory, int[] counts, SplittableRandom random) {
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < zones.size(); i++) {
      if (!zones.get(i).blocked() && !memory.of(zones.get(i).key()).avoided()) {
        open.add(i);
      }
    }
    if (open.isEmpty()) {
      return -1;
    }
    List<Integer> unused = open.stream().filter(i -> counts[i] == 0).toList();
    List<Integer> choice = unused.isEmpty() ? open : unused;
    return switch (pick) {
      case CHEAPEST ->
          choice.stream().min(Comparator.comparingDouble(i -> zones.get(i).price())).orElseThrow();
      case RANDOM -> choice.get(random.nextInt(choice.size()));
      case FEWEST -> choice.stream().min(Comparator.comparingInt(i -> counts[i])).orElseThrow();
    };
  }

  /// Takes from zones with replicas that are not ready first, then from the dearest, then from the
  /// last.
  private static void shrink(List<ZoneView> zones, int[] counts, int surplus) {
    for (int gone = 0; gone < surplus; gone++) {
      int victim = -1;
      for (int i = zones.size() - 1; i >= 0; i--) {
        if (counts[i] > 0 && (victim < 0 || before(zones, counts, i, victim))) {
          victim = i;
        }
      }
      if (victim >= 0) {
        counts[victim]--;
      }
    }
  }

  private static boolean before(List<ZoneView> zones, int[] counts, int one, int other) {
    boolean starting = counts[one] > zones.get(one).ready();
    if (starting != counts[other] > zones.get(other).ready()) {
      return starting;
    }
    return zones.get(one).price() > zones.get(other).price();
  }

  private static List<MixDetail.ZoneRisk> risks(List<ZoneView> zones, MixMemory memory) {
    return zones.stream()
        .map(zone -> {
          boolean avoided = memory.of(zone.key()).avoided();
          return new MixDetail.ZoneRisk(
              zone.key(),
              0,
              !avoided && !zone.blocked(),
              avoided
                  ? "avoided after a loss or a failed launch"
                  : zone.blocked() ? "blocked" : "");
        })
        .toList();
  }

  private static List<ZoneCount> list(List<ZoneView> zones, int[] counts) {
    List<ZoneCount> list = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      list.add(new ZoneCount(zones.get(i).key(), counts[i]));
    }
    return list;
  }
}
