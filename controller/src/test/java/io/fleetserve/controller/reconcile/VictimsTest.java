package io.fleetserve.controller.reconcile;

import static io.fleetserve.api.status.ReplicaStatus.NOT_READY;
import static io.fleetserve.api.status.ReplicaStatus.PROVISIONING;
import static io.fleetserve.api.status.ReplicaStatus.READY;
import static io.fleetserve.api.status.ReplicaStatus.STARTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.fixture.States;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.testing.time.VirtualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// D.B-22: whatever runs and however busy it is, what is ended is never more of use than what
/// stays.
final class VictimsTest {
  private static final ServiceSpec SPEC = Specs.between(0, 12).build();
  private static final List<ReplicaStatus> STATUSES =
      List.of(PROVISIONING, STARTING, NOT_READY, READY, READY, READY, READY);

  @Test
  void noVictimHasMoreWorkThanOneThatStays() {
    for (long seed = 1; seed <= 2000; seed++) {
      Random random = new Random(seed);
      List<Replica> replicas = new ArrayList<>();
      Map<ReplicaKey, Integer> load = new HashMap<>();
      for (int id = 1; id <= 1 + random.nextInt(12); id++) {
        ReplicaStatus status = STATUSES.get(random.nextInt(STATUSES.size()));
        replicas.add(Replicas.in(status, id, 1, VirtualClock.EPOCH));
        load.put(Replicas.key(id), status == READY ? random.nextInt(20) : 0);
      }
      int target = random.nextInt(replicas.size() + 1);
      ServiceState state =
          States.withLoad(
              States.of(
                  target, List.of(States.version(1, VersionStatus.ACTIVE, true, SPEC)), replicas),
              load);

      Set<ReplicaKey> victims = victims(state);

      for (Replica victim : replicas) {
        for (Replica other : replicas) {
          if (victims.contains(victim.key()) && !victims.contains(other.key())) {
            String story =
                "seed %d, target %d: %s goes, %s stays".formatted(seed, target, victim, other);
            assertThat(victim.isReady() && !other.isReady()).as(story).isFalse();
            assertThat(state.inFlight(victim))
                .as(story)
                .isLessThanOrEqualTo(other.isReady() ? state.inFlight(other) : 0);
          }
        }
      }
      assertThat(victims).as("seed %d", seed).hasSize(replicas.size() - target);
    }
  }

  private static Set<ReplicaKey> victims(ServiceState state) {
    return ServicePlanner.plan(state, VirtualClock.EPOCH.plusSeconds(60)).actions().stream()
        .filter(Action.Drain.class::isInstance)
        .map(action -> ((Action.Drain) action).key())
        .collect(Collectors.toSet());
  }
}
