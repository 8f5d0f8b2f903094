package io.fleetserve.controller.spot;

import java.util.List;

/// No spot: every replica on demand, the extra ones too.
record OnDemandPolicy() implements MixPolicy {
  @Override
  public String name() {
    return "ondemand";
  }

  @Override
  public Decision decide(Inputs in) {
    int all = in.wanted() + in.extra();
    List<ZoneCount> none = in.zones().stream().map(zone -> new ZoneCount(zone.key(), 0)).toList();
    return new Decision(
        none,
        all,
        ZoneHistory.observe(name(), in),
        "%d wanted and %d extra: %d on demand".formatted(in.wanted(), in.extra(), all),
        MixDetail.EMPTY);
  }
}
