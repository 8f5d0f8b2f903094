package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpotMix;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.placement.ColdStarts;
import io.fleetserve.controller.placement.Market;
import io.fleetserve.controller.placement.Zones;
import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.MixSettings;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.controller.spot.ZoneView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What a mix policy is asked, from a service's rows.
public final class MixInputs {
  /// Where nothing was learnt yet: a model of 7 billion parameters on a prepared image (Mao et al.,
  /// "SkyServe", EuroSys 2025, section 2).
  static final Duration COLD_START = Duration.ofSeconds(183);

  /// Price of a machine that costs nothing, in dollars: policies divide by it.
  private static final double LEAST_PRICE = 1e-6;

  /// Price of on-demand replicas that nobody has, in cheapest spot ones.
  private static final double NOT_OFFERED = 1000;

  private MixInputs() {}

  /// The policy a service file asks for.
  public static MixPolicy policy(ServiceSpec spec) {
    return MixPolicies.forName(spec.service().spot().policy().yamlName(), settings(spec));
  }

  /// What it says about the mix.
  public static MixSettings settings(ServiceSpec spec) {
    ReplicaPolicy replicas = spec.service().replicaPolicy();
    return new MixSettings(
        OptionalDouble.of(spec.service().spot().availabilityTarget()),
        replicas.baseOndemandFallbackReplicas(),
        replicas.dynamicOndemandFallback());
  }

  /// Whether the policy the file asks for knows what to do about notices. To one that does not, a
  /// replica that its provider has announced to take back is lost already: SkyServe's rules know
  /// nothing between there and gone, and to wait would waste the notice. To any policy one that
  /// ends by itself is gone, and says nothing of its zone.
  private static boolean knowsNotices(ServiceSpec spec) {
    return spec.service().spot().policy() == SpotMix.Policy.HEDGE;
  }

  /// Live replicas by zone that the policy counts although their provider takes them back.
  public static Map<ZoneKey, Integer> leaving(ServiceSpec spec, List<Replica> replicas) {
    Map<ZoneKey, Integer> counts = new TreeMap<>();
    replicas.stream()
        .filter(replica -> replica.status().isAlive() && replica.machine().takenBack())
        .filter(replica -> knowsNotices(spec))
        .forEach(replica -> counts.merge(Zones.of(replica.machine()), 1, Integer::sum));
    return counts;
  }

  /// Everything the policy sees.
  ///
  /// @param target replicas wanted, `num_overprovision` included
  /// @param replicas every row
  /// @param coldStarts as learnt, by place
  /// @param state of the last decision
  /// @param seen lost and failed replicas that an earlier decision has counted
  public static MixPolicy.Inputs of(
      ServiceSpec spec,
      int target,
      List<Replica> replicas,
      Market market,
      ColdStarts coldStarts,
      SpotState state,
      Set<ReplicaKey> seen,
      Instant now) {
    int extra = Math.min(spec.service().replicaPolicy().numOverprovision(), target);
    List<Replica> shown =
        shown(replicas, state).stream()
            .filter(replica ->
                !replica.machine().leaving()
                    || (knowsNotices(spec) && replica.machine().takenBack()))
            .toList();
    List<Replica> steady = shown.stream().filter(replica -> !replica.machine().spot()).toList();
    List<Replica> news = news(spec, replicas, state.memory(), seen);
    List<ZoneView> zones = views(market, shown, news, coldStarts);
    if (knowsNotices(spec)) {
      zones = inOrder(market, zones, state.memory(), now);
    }
    return new MixPolicy.Inputs(
        target - extra,
        extra,
        standIn(market, coldStarts),
        onDemandPrice(market, zones),
        zones,
        steady.size(),
        Fleet.ready(steady),
        state.memory(),
        now);
  }

  /// Lost and refused spot replicas that no decision has seen.
  public static List<Replica> news(
      ServiceSpec spec, List<Replica> replicas, MixMemory memory, Set<ReplicaKey> seen) {
    return replicas.stream()
        .filter(replica -> replica.machine().spot() && replica.machine().placed())
        .filter(replica -> !seen.contains(replica.key()))
        .filter(replica ->
            replica.status().isAlive()
                ? replica.machine().takenBack() && !knowsNotices(spec)
                : (isLost(replica) || isRefused(replica))
                    && replica.statusSince().toEpochMilli() >= memory.atMillis())
        .toList();
  }

  /// Of replicas that are news.
  private static boolean isLost(Replica replica) {
    return replica.machine().takenBack()
        || (replica.status() == ReplicaStatus.PREEMPTED && !replica.machine().endsByItself());
  }

  private static boolean isRefused(Replica replica) {
    return replica.status() == ReplicaStatus.FAILED_PROVISION;
  }

  /// The live replicas. While an update has two versions beside one another, not more than were
  /// decided last: a policy that keeps what it holds would take the surge for its own.
  private static List<Replica> shown(List<Replica> replicas, SpotState state) {
    List<Replica> alive = replicas.stream().filter(replica -> replica.status().isAlive()).toList();
    MixTarget last = state.target().orElse(null);
    if (last == null || alive.stream().mapToInt(Replica::version).distinct().count() < 2) {
      return alive;
    }
    Map<Optional<ZoneKey>, Integer> room = new HashMap<>();
    last.spot().forEach((zone, count) -> room.put(Optional.of(zone), count));
    room.put(Optional.empty(), last.onDemand());
    List<Replica> shown = new ArrayList<>();
    alive.stream()
        .sorted(Comparator.comparing(Replica::status).reversed())
        .forEach(replica -> {
          if (replica.machine().leaving()
              || room.merge(MixedSpread.group(replica), -1, Integer::sum) >= 0) {
            shown.add(replica);
          }
        });
    return shown;
  }

  /// How long it takes until an on-demand replica stands in; where none was started yet, what
  /// starts elsewhere took.
  private static Duration standIn(Market market, ColdStarts coldStarts) {
    return Optional.ofNullable(market.onDemand())
        .flatMap(steady -> coldStarts.in(steady.place().toString()))
        .or(coldStarts::anywhere)
        .filter(Duration::isPositive)
        .orElse(COLD_START);
  }

  private static List<ZoneView> views(
      Market market, List<Replica> shown, List<Replica> news, ColdStarts coldStarts) {
    Map<ZoneKey, Market.Zone> zones = new TreeMap<>();
    market.zones().forEach(zone -> zones.put(zone.key(), zone));
    Stream.concat(shown.stream(), news.stream())
        .filter(replica -> replica.machine().spot())
        .forEach(replica -> {
          ZoneKey key = Zones.of(replica.machine());
          zones.putIfAbsent(key, new Market.Zone(key, replica.machine().hourlyPrice(), true, 0));
        });
    return zones.values().stream().map(zone -> view(zone, shown, news, coldStarts)).toList();
  }

  /// With `ordered` a zone of a later candidate is asked only while none of an earlier one is worth
  /// a try: all are blocked, announced to go, or were down when they were asked last. What runs in
  /// a later one stays.
  private static List<ZoneView> inOrder(
      Market market, List<ZoneView> views, MixMemory memory, Instant now) {
    Map<ZoneKey, Integer> ranks = new HashMap<>();
    market.zones().forEach(zone -> ranks.put(zone.key(), zone.rank()));
    int last =
        views.stream()
            .filter(view -> !view.blocked() && !view.noticed())
            .filter(view -> view.lost() == 0 && view.failed() == 0)
            .filter(view -> memory.of(view.key()).isWorthATry(now.toEpochMilli()))
            .mapToInt(view -> ranks.getOrDefault(view.key(), Integer.MAX_VALUE))
            .min()
            .orElse(Integer.MAX_VALUE);
    return views.stream()
        .map(view -> ranks.getOrDefault(view.key(), 0) > last ? view.withBlocked() : view)
        .toList();
  }

  private static ZoneView view(
      Market.Zone zone, List<Replica> shown, List<Replica> news, ColdStarts coldStarts) {
    List<Replica> here = in(zone.key(), shown);
    List<Replica> gone = in(zone.key(), news);
    int pending = (int) here.stream().filter(replica -> replica.instance() == null).count();
    int ready =
        (int)
            here.stream()
                .filter(replica -> replica.instance() != null && replica.isReady())
                .count();
    return new ZoneView(
        zone.key(),
        Math.max(zone.price(), LEAST_PRICE),
        pending,
        here.size() - pending,
        ready,
        (int) gone.stream().filter(MixInputs::isLost).count(),
        (int) gone.stream().filter(MixInputs::isRefused).count(),
        here.stream().anyMatch(replica -> replica.machine().takenBack()),
        zone.blocked(),
        coldStarts.in(zone.key().toString()).filter(Duration::isPositive).orElse(null));
  }

  private static List<Replica> in(ZoneKey zone, List<Replica> replicas) {
    return replicas.stream()
        .filter(replica -> replica.machine().spot())
        .filter(replica -> Zones.of(replica.machine()).equals(zone))
        .toList();
  }

  private static double onDemandPrice(Market market, List<ZoneView> zones) {
    Market.OnDemand steady = market.onDemand();
    double cheapest = zones.stream().mapToDouble(ZoneView::price).min().orElse(1);
    return Math.max(LEAST_PRICE, steady == null ? cheapest * NOT_OFFERED : steady.price());
  }
}
