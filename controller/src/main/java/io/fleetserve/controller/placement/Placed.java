package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.Offer;
import java.util.List;

/// Where a replica goes, or why nowhere.
public sealed interface Placed {
  /// What led here, one sentence each.
  List<String> reasons();

  /// Ask this offer's provider.
  ///
  /// @param resources the candidate that was met
  record On(Resources resources, Offer offer, List<String> reasons) implements Placed {
    public On {
      reasons = List.copyOf(reasons);
    }
  }

  /// No candidate can be met; each reason names the key, its value and what to do.
  record Refused(List<String> reasons) implements Placed {
    public Refused {
      reasons = List.copyOf(reasons);
    }
  }

  /// Candidates could be met, but not now: everything that fits is blocked or was tried in vain, or
  /// places that may have something are full, away or have not answered.
  record Exhausted(List<String> reasons) implements Placed {
    public Exhausted {
      reasons = List.copyOf(reasons);
    }
  }
}
