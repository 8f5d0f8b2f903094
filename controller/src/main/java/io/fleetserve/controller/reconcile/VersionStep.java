package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.rollout.Versions;
import java.util.Comparator;
import java.util.Optional;

/// Keeps the versions' status true, and says which version to run.
final class VersionStep {
  private VersionStep() {}

  /// The version to run after this step; empty when all failed.
  static Optional<ServiceVersion> settle(PlanDraft draft) {
    // All of them: an update may overtake a version in the moment it becomes ready.
    draft.versions().forEach(version -> markReady(draft, version));
    Optional<ServiceVersion> desired = Versions.desired(draft.versions());
    while (desired.isPresent()) {
      ServiceVersion version = desired.get();
      Optional<Replica> culprit =
          version.everReady() ? Optional.empty() : culprit(draft.state, version);
      if (culprit.isEmpty()) {
        return Optional.of(begin(draft, version));
      }
      draft.versionStatus(version, VersionStatus.FAILED, describe(culprit.get()));
      desired = Versions.desired(draft.versions());
    }
    return desired;
  }

  /// Marks `version` active and every other one that is not failed retired.
  static void activate(PlanDraft draft, ServiceVersion version, String reason) {
    if (version.status() != VersionStatus.ACTIVE) {
      draft.versionStatus(version, VersionStatus.ACTIVE, reason);
    }
    retire(draft, version, true);
  }

  /// True when the agent of a ready replica uses the settings of the version it is labelled with.
  static boolean confirmed(Replica replica) {
    return replica.isReady() && replica.agent().version() == replica.version();
  }

  private static ServiceVersion begin(PlanDraft draft, ServiceVersion version) {
    ServiceVersion begun = version;
    if (version.status() == VersionStatus.PENDING) {
      String reason = "rolling out to " + draft.state.target() + " replicas";
      draft.versionStatus(version, VersionStatus.ROLLING_OUT, reason);
      begun = version.withStatus(VersionStatus.ROLLING_OUT, reason);
    } else if (version.status() == VersionStatus.RETIRED) {
      String reason = "serves again, since the versions after it failed";
      draft.versionStatus(version, VersionStatus.ACTIVE, reason);
      begun = version.withStatus(VersionStatus.ACTIVE, reason);
    }
    retire(draft, begun, false);
    return begun;
  }

  private static void retire(PlanDraft draft, ServiceVersion by, boolean activeToo) {
    for (ServiceVersion version : draft.versions()) {
      boolean unfinished =
          version.status() == VersionStatus.PENDING
              || version.status() == VersionStatus.ROLLING_OUT;
      boolean replaced = activeToo && version.status() == VersionStatus.ACTIVE;
      if (version.number() != by.number() && (unfinished || replaced)) {
        draft.versionStatus(
            version,
            VersionStatus.RETIRED,
            (unfinished ? "overtaken by version " : "replaced by version ") + by.number());
      }
    }
  }

  private static void markReady(PlanDraft draft, ServiceVersion version) {
    if (version.everReady()) {
      return;
    }
    draft.state.replicas().stream()
        .filter(replica -> replica.version() == version.number() && confirmed(replica))
        .findFirst()
        .ifPresent(first -> draft.versionReady(version, "replica " + first.id() + " is ready"));
  }

  private static Optional<Replica> culprit(ServiceState state, ServiceVersion version) {
    return state.replicas().stream()
        .filter(replica -> replica.version() == version.number())
        .filter(replica -> replica.status().isFailed() && replica.versionFault())
        .min(Comparator.comparing(Replica::statusSince));
  }

  private static String describe(Replica replica) {
    return "replica " + replica.id() + " " + replica.status() + ": " + replica.reason();
  }
}
