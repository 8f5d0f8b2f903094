package io.fleetserve.controller.spot;

import java.util.List;

/// What a decision weighed, for people who ask why. A policy that weighs nothing leaves it empty.
///
/// @param shortageRisk probability of too few ready replicas one cold start ahead, with what is
///   held and the on-demand replicas decided, 0 to 1
/// @param shortagePrice what a time of shortage was worth, in cheapest spot replicas for that time;
///   0 where the policy has no price
/// @param zones what was thought of each zone
/// @param candidates mixes compared, the chosen first
public record MixDetail(
    double shortageRisk, double shortagePrice, List<ZoneRisk> zones, List<Candidate> candidates) {
  /// Nothing was weighed.
  public static final MixDetail EMPTY = new MixDetail(0, 0, List.of(), List.of());

  public MixDetail {
    zones = List.copyOf(zones);
    candidates = List.copyOf(candidates);
  }

  /// What was thought of a zone.
  ///
  /// @param lossProbability of losing what is held here within one cold start, 0 to 1
  /// @param usable a launch is allowed here now
  /// @param note why, a part of a sentence
  public record ZoneRisk(ZoneKey zone, double lossProbability, boolean usable, String note) {}

  /// A mix that was compared with others.
  ///
  /// @param hourlyCost dollars
  /// @param shortageRisk 0 to 1
  /// @param score what is minimised, in cheapest spot replicas
  public record Candidate(
      List<ZoneCount> spot, int onDemand, double hourlyCost, double shortageRisk, double score) {
    public Candidate {
      spot = List.copyOf(spot);
    }
  }
}
