package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.loadbalancer.endpoint.Health.Phase;
import io.fleetserve.testing.replica.FakeReplica;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// All replicas fail, and are good again.
final class PanicTest {
  private final Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  @Test
  void trafficIsSpreadOverAllReplicasUntilTheyAnswerAgain() {
    bed.rule(rule -> rule.policy("round_robin"));
    List<FakeReplica> replicas = bed.replicas(4);
    replicas.forEach(replica -> replica.script((request, to) -> to.answer(500, "bad")));
    for (int i = 0; i < 40; i++) {
      assertThat(bed.get("/").status()).isEqualTo(500);
    }
    assertThat(bed.service().health().isPanic()).isTrue();
    int[] before = replicas.stream().mapToInt(replica -> replica.received().size()).toArray();
    for (int i = 0; i < 40; i++) {
      bed.get("/");
    }
    for (int i = 0; i < 4; i++) {
      assertThat(replicas.get(i).received().size() - before[i]).isEqualTo(10);
    }

    replicas.forEach(replica -> replica.script((request, to) -> to.answer(200, "good")));

    await()
        .untilAsserted(() -> {
          assertThat(bed.get("/").status()).isEqualTo(200);
          assertThat(bed.service().health().isPanic()).isFalse();
          assertThat(bed.service().route().replicas())
              .allSatisfy(each -> assertThat(each.health().phase()).isEqualTo(Phase.HEALTHY));
        });
  }

  @Test
  void requestsWaitWhileNobodyIsThereAndAreToldSoInTheEnd() {
    bed.rule(rule -> rule.hold(300, 10));
    List<FakeReplica> replicas = bed.replicas(3);
    replicas.forEach(FakeReplica::kill);

    RawClient.Answer answer = bed.get("/");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.field("Retry-After")).isPresent();
  }
}
