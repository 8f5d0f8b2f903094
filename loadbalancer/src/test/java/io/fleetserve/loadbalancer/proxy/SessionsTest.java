package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests of one session, and the replica they belong to.
final class SessionsTest {
  private final Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private void sessions(String policy) {
    bed.rule(
        rule -> rule.policy(policy).routing(new RoutingRule("x-session", "sid", Map.of(), 0, 0)));
  }

  private String get(String fields) {
    return bed.send("GET / HTTP/1.1\r\nHost: svc\r\n" + fields + "\r\n").body();
  }

  @Test
  void headerNamesTheSession() {
    sessions("round_robin");
    bed.replicas(4);
    Map<String, String> homes = new HashMap<>();
    for (int session = 0; session < 20; session++) {
      homes.put("X-Session: " + session + "\r\n", get("x-session: " + session + "\r\n"));
    }
    assertThat(Set.copyOf(homes.values())).hasSizeGreaterThan(2);
    homes.forEach((field, home) -> {
      assertThat(get(field)).isEqualTo(home);
      assertThat(get("Cookie: sid=other\r\n" + field)).isEqualTo(home);
    });
  }

  @Test
  void cookieNamesTheSessionOfRequestsWithoutTheHeader() {
    sessions("least_load");
    bed.replicas(4);
    Set<String> homes = new HashSet<>();
    for (int session = 0; session < 20; session++) {
      String home = get("Cookie: a=b; sid=" + session + "; c=d\r\n");
      assertThat(get("Cookie: xsid=1\r\nCookie: sid=" + session + "\r\n")).isEqualTo(home);
      homes.add(home);
    }
    assertThat(homes).hasSizeGreaterThan(2);
  }

  @Test
  void othersGoByThePolicy() {
    sessions("round_robin");
    bed.replicas(3);

    assertThat(List.of(get(""), get("X-Session:\r\n"), get("Cookie: a=b\r\n")))
        .containsExactlyInAnyOrder("r1", "r2", "r3");
  }

  @Test
  void consistentHashKeepsAClientAtItsReplica() {
    bed.rule(rule -> rule.policy("consistent_hash"));
    bed.replicas(4);
    Set<String> homes = new HashSet<>();
    for (int i = 0; i < 12; i++) {
      homes.add(get(""));
    }

    assertThat(homes).hasSize(1);
  }

  @Test
  void sessionOfADeadReplicaMovesAndItsOthersStay() {
    sessions("least_load");
    var replicas = bed.replicas(3);
    Map<Integer, String> before = new HashMap<>();
    for (int session = 0; session < 30; session++) {
      before.put(session, get("X-Session: " + session + "\r\n"));
    }

    replicas.get(1).kill();

    before.forEach((session, home) -> {
      String now = get("X-Session: " + session + "\r\n");
      assertThat(now).isNotEqualTo("r2");
      if (!home.equals("r2")) {
        assertThat(now).isEqualTo(home);
      }
    });
  }

  @Test
  void everyPolicyServes() {
    bed.replicas(3);
    for (String policy :
        List.of(
            "round_robin",
            "least_load",
            "instance_aware_least_load",
            "power_of_two",
            "peak_ewma",
            "consistent_hash")) {
      // The routes change while the replicas and their counters stay.
      bed.rule(rule -> rule.policy(policy));
      bed.routeTo(bed.service().route().rule().endpoints());
      for (int i = 0; i < 6; i++) {
        assertThat(get("")).startsWith("r");
      }
    }
    assertThat(bed.service().known().stream().mapToLong(replica -> replica.completions()).sum())
        .isEqualTo(36);
    assertThat(bed.service().route().rule().policy()).isEqualTo("consistent_hash");
  }
}
