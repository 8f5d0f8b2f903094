package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.ReplicaPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The memory of an autoscaler between decisions; survives a restart as JSON.
///
/// @param autoscaler whose memory it is; another autoscaler keeps the target alone
/// @param target without overprovision; -1 before the first decision
/// @param upTicks decisions in a row that wanted more
/// @param downTicks decisions in a row that wanted less
/// @param tickAtMillis epoch milliseconds of the last counted decision; 0 before
/// @param panicSinceMillis epoch milliseconds when the load was last seen far above capacity; 0
///   while not in panic
/// @param recent recommendations of the longest delay, oldest first
/// @param demand what was asked of the service, for policies that look ahead
/// @param plan how such a policy follows the load; null before it knows enough
public record AutoscalerState(
    String autoscaler,
    int target,
    int upTicks,
    int downTicks,
    long tickAtMillis,
    long panicSinceMillis,
    List<Recommendation> recent,
    DemandHistory demand,
    @Nullable Plan plan) {
  /// Before the first decision.
  public static final AutoscalerState NONE = new AutoscalerState("", -1, 0, 0, 0, 0, List.of());

  private static final Duration PAUSE = Duration.ofMinutes(1);

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  @SuppressWarnings("ConstantValue") // what an earlier version stored lacks the demand
  public AutoscalerState {
    recent = List.copyOf(recent);
    demand = demand == null ? DemandHistory.NONE : demand;
  }

  /// Without a history of the demand.
  public AutoscalerState(
      String autoscaler,
      int target,
      int upTicks,
      int downTicks,
      long tickAtMillis,
      long panicSinceMillis,
      List<Recommendation> recent) {
    this(
        autoscaler,
        target,
        upTicks,
        downTicks,
        tickAtMillis,
        panicSinceMillis,
        recent,
        DemandHistory.NONE,
        null);
  }

  /// True when the last counted decision is further away than decisions ever are: before the first,
  /// after a pause, and when the clock has jumped.
  boolean paused(Instant now) {
    return Math.abs(now.toEpochMilli() - tickAtMillis) > PAUSE.toMillis();
  }

  /// The falling sequence of recommendations no older than `delay`, `wanted` last.
  ///
  /// @param afresh forget what is remembered: what there is, `current`, counts as wanted until now
  List<Recommendation> remembering(
      int wanted, Duration delay, boolean afresh, int current, Instant now) {
    long millis = now.toEpochMilli();
    List<Recommendation> kept = new ArrayList<>(recent);
    if (afresh) {
      kept.clear();
      kept.add(new Recommendation(millis, current));
    }
    kept.removeIf(old -> old.atMillis() <= millis - delay.toMillis());
    kept.removeIf(old -> old.replicas() <= wanted);
    kept.add(new Recommendation(millis, wanted));
    return kept;
  }

  /// This memory with another plan.
  AutoscalerState following(@Nullable Plan next) {
    return new AutoscalerState(
        autoscaler,
        target,
        upTicks,
        downTicks,
        tickAtMillis,
        panicSinceMillis,
        recent,
        demand,
        next);
  }

  /// What was wanted at a time.
  public record Recommendation(long atMillis, int replicas) {}

  /// `state` as the memory of `autoscaler`: another autoscaler's counts and windows mean nothing to
  /// it. Before the first decision the target is the minimum.
  static AutoscalerState adopted(String autoscaler, AutoscalerState state, ReplicaPolicy policy) {
    if (state.target() < 0) {
      return new AutoscalerState(autoscaler, policy.minReplicas(), 0, 0, 0, 0, List.of());
    }
    return state.autoscaler().equals(autoscaler)
        ? state
        : new AutoscalerState(autoscaler, state.target(), 0, 0, state.tickAtMillis(), 0, List.of());
  }

  public String toJson() {
    return JSON.writeValueAsString(this);
  }

  /// Reads [#toJson]. Empty text, or text this version cannot read, is [#NONE]: memory makes
  /// decisions smoother, it is never needed to make one.
  public static AutoscalerState ofJson(String json) {
    if (json.isBlank()) {
      return NONE;
    }
    try {
      return JSON.readValue(json, AutoscalerState.class);
    } catch (JacksonException ignoredUnreadable) {
      return NONE;
    }
  }
}
