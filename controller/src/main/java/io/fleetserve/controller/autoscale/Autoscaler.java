package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.load.LoadView;
import io.fleetserve.controller.model.Replica;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Decides how many replicas a service should have. Pure: the memory is in [AutoscalerState].
///
/// May be asked at any time and any number of times: what counts in ticks counts a tick at most
/// once per [#period]. Ask every period, and at once when a request waits at zero replicas.
public interface Autoscaler {
  Decision decide(Inputs in, Instant now);

  /// Time between two decisions while `target` replicas are wanted.
  Duration period(int target);

  /// Name for people and in the stored state, for example `request_rate`.
  String name();

  /// What a decision is made from.
  ///
  /// @param target replicas wanted now, overprovision included
  /// @param replicas every row of the service
  /// @param coldStart from launching a replica to its being ready, > 0
  /// @param spec of the version being rolled out, else of the serving one
  record Inputs(
      LoadView load,
      int target,
      List<Replica> replicas,
      ServiceSpec spec,
      AutoscalerState state,
      Duration coldStart) {
    /// Until the service's own is known.
    public static final Duration USUAL_COLD_START = Duration.ofMinutes(1);

    public Inputs {
      replicas = List.copyOf(replicas);
    }

    /// Replicas that serve.
    public int ready() {
      return (int) replicas.stream().filter(Replica::isReady).count();
    }

    public Inputs(
        LoadView load,
        int target,
        List<Replica> replicas,
        ServiceSpec spec,
        AutoscalerState state) {
      this(load, target, replicas, spec, state, USUAL_COLD_START);
    }
  }

  /// How many replicas, and why.
  ///
  /// @param target replicas wanted from now on, overprovision included, >= 0
  /// @param next memory to store and hand in again
  /// @param reason one sentence with the numbers
  record Decision(int target, AutoscalerState next, String reason) {}
}
