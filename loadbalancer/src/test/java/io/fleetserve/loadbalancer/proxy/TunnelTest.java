package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.testing.replica.FakeReplica;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests to replicas behind agents that have dialled in.
final class TunnelTest {
  private final Bed bed = new Bed(Bed.unhurried());

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private FakeReplica tunnelled(NetworkMode mode) {
    FakeReplica replica = bed.replica("r1");
    bed.publish(
        List.of(
            bed.agents.through(
                mode, bed.serviceRoute(List.of(Bed.endpoint(1, replica, false))))));
    return replica;
  }

  @Test
  void requestIsAnsweredThroughATunnel() {
    tunnelled(NetworkMode.TUNNEL);

    RawClient.Answer answer = bed.get("/");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(bed.agents.tunnels().agents()).isEqualTo(1);
  }
}
