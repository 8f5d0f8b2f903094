package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.testing.replica.FakeReplica;
import java.util.ArrayList;
import java.util.List;

/// What [NetworkFaultsTest] runs inside its network namespace.
final class NetworkFaults {
  static final String PASSED = "network faults: passed";

  private NetworkFaults() {}

  public static void main(String[] args) {
    silentHost();
    lostPackets();
    oneWay();
    thinLine();
    System.out.println(PASSED);
    System.exit(0);
  }

  private static void nft(String rule) {
    Tools.run("nft", "flush ruleset");
    if (!rule.isEmpty()) {
      Tools.run("nft", "add table inet t");
      Tools.run("nft", "add chain inet t in { type filter hook input priority 0; }");
      Tools.run("nft", "add rule inet t in " + rule);
    }
  }

  /// Nobody answers a connection attempt: another replica within the time to connect.
  private static void silentHost() {
    try (Bed bed = new Bed()) {
      List<FakeReplica> replicas = bed.replicas(2);
      nft("tcp dport " + replicas.getFirst().port() + " tcp flags & (syn | ack) == syn drop");
      for (int i = 0; i < 20; i++) {
        assertThat(bed.get("/").body()).isEqualTo("r2");
      }
      nft("");
    }
  }

  /// One packet in twenty towards the replicas is lost: slower, and nothing else.
  private static void lostPackets() {
    try (Bed bed = new Bed()) {
      List<FakeReplica> replicas = bed.replicas(2);
      nft(
          "tcp dport { %d, %d } numgen random mod 20 == 0 drop"
              .formatted(replicas.getFirst().port(), replicas.getLast().port()));
      try (RawClient client = bed.client()) {
        for (int i = 0; i < 200; i++) {
          client.send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n");
          assertThat(client.answer().status()).isEqualTo(200);
        }
      }
      nft("");
    }
  }

  /// A replica whose answers do not arrive any more: its requests end by the time limit, until it
  /// is left.
  private static void oneWay() {
    try (Bed bed = new Bed()) {
      bed.rule(rule -> rule.stream(300));
      List<FakeReplica> replicas = bed.replicas(2);
      // Connections that are kept, and break without a sign.
      for (int i = 0; i < 8; i++) {
        bed.get("/");
      }
      nft("tcp sport " + replicas.getFirst().port() + " drop");
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        statuses.add(bed.get("/").status());
      }
      assertThat(statuses).isSubsetOf(200, 504).contains(200);
      assertThat(statuses.stream().filter(status -> status == 504).count()).isLessThan(20);
      nft("");
    }
  }

  /// 16 Mbit/s for everything: a body of 2 MB takes its time and arrives whole, both ways.
  private static void thinLine() {
    try (Bed bed = new Bed(ProxySettings.defaults(1000))) {
      String body = "z".repeat(2_000_000);
      bed.replicas(1).getFirst().script((request, to) -> to.answer(200, request.body()));
      Tools.run(
          "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "16mbit", "burst", "256kb",
          "latency", "300ms");
      RawClient.Answer answer =
          bed.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 2000000\r\n\r\n" + body);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body().equals(body)).isTrue();
      Tools.run("tc", "qdisc", "del", "dev", "lo", "root");
    }
  }
}
