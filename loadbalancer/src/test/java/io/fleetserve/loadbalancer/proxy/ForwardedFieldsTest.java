package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.net.Network;
import io.fleetserve.loadbalancer.http.Forwarding;
import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.settings.ClientLimits;
import io.fleetserve.testing.replica.ReceivedRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What replicas learn of the client, and whom the load balancer believes (RFC 7239, RFC 9110
/// section 7.6.3).
@SuppressWarnings("StringConcatToTextBlock")
final class ForwardedFieldsTest {
  private static final List<Network> LOOPBACK = List.of(Network.parse("127.0.0.0/8"));
  private static final List<Network> ELSEWHERE = List.of(Network.parse("10.0.0.0/8"));
  private static final String GET = "GET / HTTP/1.1\r\nHost: svc:8080\r\n";
  private static final String CLAIMS =
      "X-Forwarded-For: 192.0.2.7, 10.1.1.1\r\nX-Forwarded-Proto: https\r\n"
          + "X-Forwarded-Host: shop.example\r\nX-Forwarded-Port: 443\r\n"
          + "Forwarded: for=192.0.2.7;proto=https\r\n";

  private static ReceivedRequest received(Forwarding rule, String fields) {
    try (Bed bed = new Bed(Bed.with(ClientLimits.DEFAULT, HeadLimits.DEFAULT, rule, List.of()))) {
      var replica = bed.replicas(1).getFirst();
      assertThat(bed.send(GET + fields + "\r\n").status()).isEqualTo(200);
      return replica.received().getFirst();
    }
  }

  @Test
  void strangersAreNotBelieved() {
    ReceivedRequest request = received(new Forwarding(ELSEWHERE, true, true), CLAIMS);

    assertThat(request.fields("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(request.fields("X-Forwarded-Proto")).containsExactly("http");
    assertThat(request.fields("X-Forwarded-Host")).containsExactly("svc:8080");
    assertThat(request.fields("X-Forwarded-Port")).isEmpty();
    assertThat(request.fields("Forwarded"))
        .containsExactly("for=127.0.0.1;host=\"svc:8080\";proto=http");
  }

  @Test
  void trustedProxiesAreBelievedAndAddedToTheirOwnList() {
    ReceivedRequest request = received(new Forwarding(LOOPBACK, true, true), CLAIMS);

    assertThat(request.fields("X-Forwarded-For")).containsExactly("192.0.2.7, 10.1.1.1, 127.0.0.1");
    assertThat(request.fields("X-Forwarded-Proto")).containsExactly("https");
    assertThat(request.fields("X-Forwarded-Host")).containsExactly("shop.example");
    assertThat(request.fields("X-Forwarded-Port")).containsExactly("443");
    assertThat(request.fields("Forwarded"))
        .containsExactly("for=192.0.2.7;proto=https, for=127.0.0.1;host=\"svc:8080\";proto=http");
    assertThat(request.fields("Host")).containsExactly("svc:8080");
    assertThat(request.fields("Via")).containsExactly("1.1 fleetserve");
  }

  @Test
  void trustedProxyWithoutClaimsIsTheClient() {
    ReceivedRequest request = received(new Forwarding(LOOPBACK, true, false), "");

    assertThat(request.fields("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(request.fields("X-Forwarded-Proto")).containsExactly("http");
    assertThat(request.fields("Forwarded")).isEmpty();
  }

  @Test
  void onlyTheChosenFormIsSent() {
    ReceivedRequest request = received(new Forwarding(List.of(), false, true), CLAIMS);

    assertThat(request.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("x-forwarded");
    assertThat(request.fields("Forwarded")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                        | 10.0.0.9",
        "192.0.2.7                                 | 192.0.2.7",
        "1.1.1.1, 192.0.2.7, 10.2.2.2              | 192.0.2.7",
        "10.3.3.3, 10.2.2.2                        | 10.3.3.3",
        "192.0.2.7:4711                            | 192.0.2.7",
        "[2001:db8::1]:4711                        | 2001:db8::1",
        "2001:db8::1                               | 2001:db8::1",
        "unknown, 10.2.2.2                         | 10.2.2.2",
        "192.0.2.7, _hidden                        | 10.0.0.9",
      })
  void clientIsTheLastAddressThatIsNoTrustedProxy(String forwardedFor, String client)
      throws Exception {
    Forwarding rule = new Forwarding(ELSEWHERE, true, false);
    String field = forwardedFor.isEmpty() ? "" : "X-Forwarded-For: " + forwardedFor + "\r\n";
    byte[] bytes = (GET + field + "\r\n").getBytes(StandardCharsets.US_ASCII);
    RequestHead head = new RequestHead(HeadLimits.DEFAULT);

    head.parse(Arrays.copyOf(bytes, bytes.length + 64), bytes.length);
    byte[] found = rule.peer(InetAddress.ofLiteral("10.0.0.9"), "").client(head);

    assertThat(new String(found, StandardCharsets.US_ASCII)).isEqualTo(client);
  }

  @Test
  void addressesOfTheSixthVersionAreQuoted() {
    try (Bed bed =
        new Bed(
            Bed.with(
                ClientLimits.DEFAULT,
                HeadLimits.DEFAULT,
                new Forwarding(LOOPBACK, false, true),
                List.of()))) {
      var replica = bed.replicas(1).getFirst();

      bed.send(GET + "Forwarded: for=\"[2001:db8::1]\"\r\n\r\n");

      assertThat(replica.received().getFirst().fields("Forwarded"))
          .containsExactly("for=\"[2001:db8::1]\", for=127.0.0.1;host=\"svc:8080\";proto=http");
    }
  }

  @Test
  void aRequestThatComesHereAgainAndAgainIsALoop() {
    try (Bed bed = new Bed()) {
      var replica = bed.replicas(1).getFirst();
      String hop = "1.1 fleetserve";

      String eight = "Via: 1.0 other, " + (hop + ", ").repeat(7) + hop + "\r\n";
      assertThat(bed.send(GET + eight + "\r\n").status()).isEqualTo(200);
      RawClient.Answer refused = bed.send(GET + eight + "Via: " + hop + "\r\n\r\n");

      assertThat(refused.status()).isEqualTo(508);
      assertThat(replica.received()).hasSize(1);
      assertThat(replica.received().getFirst().fields("Via")).hasSize(2);
    }
  }
}
