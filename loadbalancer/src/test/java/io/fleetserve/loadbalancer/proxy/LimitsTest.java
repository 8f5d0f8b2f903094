package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.testing.replica.FakeReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Slow, greedy and wrong clients.
@SuppressWarnings("StringConcatToTextBlock")
final class LimitsTest {
  @Test
  void refusedRequestsReachNoReplicaAndCloseTheConnection() {
    try (Bed bed = new Bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();
      for (String bad :
          List.of(
              "POST / HTTP/1.1\r\n"
                  + "Host: a\r\n"
                  + "Content-Length: 1\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n",
              "GET / HTTP/1.1\r\n\r\n",
              "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
              "GET / HTTP/1.1\nHost: a\n\n",
              "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
              "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
              "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: a\r\n\r\n")) {
        try (RawClient client = bed.client()) {
          RawClient.Answer answer = client.send(bad).answer();
          assertThat(answer.status()).as(bad).isBetween(400, 505);
          assertThat(answer.field("connection")).contains("close");
          assertThat(client.awaitEnd()).isTrue();
        }
      }
      assertThat(replica.received()).isEmpty();
    }
  }

  @Test
  void errorInsideABodyEndsTheRequestAtTheReplica() {
    try (Bed bed = new Bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();
      try (RawClient client = bed.client()) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        await().until(() -> replica.openConnections() == 1);
        client.send("zz\r\n");

        assertThat(client.answer().status()).isEqualTo(400);
      }
      await().until(() -> replica.openConnections() == 0);
      assertThat(replica.received()).isEmpty();
    }
  }

  @Test
  void slowHeadsAndBodiesGet408() {
    try (Bed bed = new Bed()) {
      bed.replicas(1);
      try (RawClient client = bed.client()) {
        assertThat(client.send("GET / HT").answer().status()).isEqualTo(408);
      }
      try (RawClient client = bed.client()) {
        client.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 9\r\n\r\nabc");
        assertThat(client.answer().status()).isEqualTo(408);
      }
    }
  }

  @Test
  void acceptingPausesAtTheConnectionLimitAndGoesOn() {
    try (Bed bed = new Bed(Bed.withConnections(20))) {
      bed.replicas(1);
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        clients.add(bed.client());
      }
      await().until(() -> bed.plane.listeners().pauses() > 0);
      clients.forEach(RawClient::close);

      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(bed.get("/").status()).isEqualTo(200));
    }
  }

  @Test
  void worksWithoutEpoll() {
    try (Bed bed = new Bed(Bed.SETTINGS, Transport.of(TransportKind.NIO, 2))) {
      bed.replicas(2);
      assertThat(bed.get("/").status()).isEqualTo(200);
      try (RawClient client = bed.client()) {
        client.send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n").endOutput();
        assertThat(client.answer().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void equallyLoadedReplicasTakeTurns() {
    try (Bed bed = new Bed()) {
      List<FakeReplica> replicas = bed.replicas(3);
      for (int i = 0; i < 30; i++) {
        bed.get("/");
      }
      replicas.forEach(replica -> assertThat(replica.received()).hasSize(10));
    }
  }

  @Test
  void stopEndsIdleConnectionsAndLetsAnswersFinish() {
    try (Bed bed = new Bed()) {
      FakeReplica replica = bed.replicas(1).getFirst();
      replica.script((request, connection) -> {
        if (!connection.awaitEnd(400)) {
          connection.answer(200, "finished");
        }
      });
      try (RawClient idle = bed.client();
          RawClient busy = bed.client().send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n")) {
        await().until(() -> bed.plane.listeners().connections() == 2);
        await().until(() -> replica.received().size() == 1);

        bed.plane.listeners().stop();

        assertThat(idle.awaitEnd()).isTrue();
        RawClient.Answer last = busy.answer();
        assertThat(last.body()).isEqualTo("finished");
        assertThat(last.field("connection")).contains("close");
      }
    }
  }
}
