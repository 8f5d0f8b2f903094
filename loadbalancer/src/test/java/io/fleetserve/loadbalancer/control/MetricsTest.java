package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.Json;
import io.fleetserve.loadbalancer.admin.ProtobufMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The pages an operator looks at, from a request to a number.
final class MetricsTest {
  private static final String BINARY =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

  private static HttpResponse<byte[]> get(String url, String accept) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(url)).header("Accept", accept).build(),
          HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static void twoRequests(Standing standing) throws IOException {
    long before = answered(standing);
    standing.get("http://127.0.0.1:" + standing.port + "/a");
    standing.get("http://127.0.0.1:" + standing.port + "/b");
    await().until(() -> answered(standing) >= before + 2);
  }

  private static long answered(Standing standing) throws IOException {
    Matcher line =
        Pattern.compile("fleetserve_lb_responses_total\\{code=\"2xx\",service=\"svc\"} (\\S+)")
            .matcher(standing.get(standing.balancer.adminUrl() + "/metrics").body());
    return line.find() ? (long) Double.parseDouble(line.group(1)) : 0;
  }

  @Test
  void textHasClassicHistogramsThatAddUp(@TempDir Path temp) throws Exception {
    try (Standing standing = new Standing(Files.createDirectory(temp.resolve("lb")), 0, 0)) {
      twoRequests(standing);

      String page = standing.get(standing.balancer.adminUrl() + "/metrics").body();

      for (String name : List.of("latency", "first_byte", "replica_latency")) {
        Map<Double, Double> buckets = new TreeMap<>();
        Matcher line =
            Pattern.compile(
                    "fleetserve_lb_" + name + "_seconds_bucket\\{[^}]*le=\"([^\"]+)\"[^}]*} (\\S+)")
                .matcher(page);
        while (line.find()) {
          buckets.put(
              Double.parseDouble(line.group(1).replace("+Inf", "Infinity")),
              Double.parseDouble(line.group(2)));
        }
        assertThat(List.copyOf(buckets.values())).as(name).isSorted().hasSizeGreaterThan(20);
        assertThat(page)
            .contains("# TYPE fleetserve_lb_" + name + "_seconds histogram")
            .containsPattern(
                "fleetserve_lb_"
                    + name
                    + "_seconds_count\\{[^}]*} "
                    + buckets.getOrDefault(Double.POSITIVE_INFINITY, 0.0).intValue());
      }
      assertThat(page)
          .contains("fleetserve_lb_event_loop_lag_seconds_count{loop=\"0\"}")
          .contains("fleetserve_lb_response_body_bytes_total{service=\"svc\"}")
          .contains("fleetserve_lb_ejections_total{service=\"svc\"} 0.0")
          .contains("fleetserve_lb_tunnels 0")
          .contains("jvm_memory_used_bytes")
          .contains("process_files_open_files")
          .doesNotContain("_within");
      double direct =
          page.lines()
              .filter(line -> line.startsWith("fleetserve_lb_direct_memory_bytes "))
              .mapToDouble(line -> Double.parseDouble(line.split(" ", 2)[1]))
              .findFirst()
              .orElse(0);
      assertThat(direct).isPositive();
    }
  }

  @Test
  void binaryFormatHasNativeHistograms(@TempDir Path temp) throws Exception {
    try (Standing standing = new Standing(Files.createDirectory(temp.resolve("lb")), 0, 0)) {
      twoRequests(standing);

      HttpResponse<byte[]> page = get(standing.balancer.adminUrl() + "/metrics", BINARY);

      assertThat(page.headers().firstValue("Content-Type")).hasValue(BINARY.replace(";", "; "));
      // MetricFamily: name 1, metric 4; Metric: histogram 7; Histogram: sample_count 1, schema 5,
      // positive_span 12, positive_delta 13
      ProtobufMessage histogram =
          ProtobufMessage.delimited(page.body()).stream()
              .filter(family -> family.text(1).equals("fleetserve_lb_latency_seconds"))
              .findFirst()
              .orElseThrow()
              .messages(4)
              .getFirst()
              .messages(7)
              .getFirst();
      assertThat(histogram.signed(5)).isEqualTo(3);
      assertThat(histogram.number(1)).isGreaterThanOrEqualTo(2);
      assertThat(histogram.messages(12)).isNotEmpty();
    }
  }

  @Test
  void configPageShowsWhatIsInEffect(@TempDir Path temp) throws Exception {
    try (Standing standing = new Standing(Files.createDirectory(temp.resolve("lb")), 0, 0)) {
      var config =
          Json.MAPPER.readTree(standing.get(standing.balancer.adminUrl() + "/config").body());

      assertThat(config.at("/boot/id").asString()).isEqualTo("lb-1");
      assertThat(config.at("/boot/options/drainMillis").asLong()).isEqualTo(600_000);
      assertThat(config.at("/services/services/0/service").asString()).isEqualTo("svc");
      assertThat(config.toString()).doesNotContain("secret\"");
    }
  }

  /// Every metric of our own is in the documentation's table.
  @Test
  void everyMetricIsDocumented(@TempDir Path temp) throws Exception {
    Path docs = Path.of("docs/load-balancer.md");
    String table = Files.readString(Files.exists(docs) ? docs : Path.of("..").resolve(docs));
    try (Standing standing = new Standing(Files.createDirectory(temp.resolve("lb")), 0, 0)) {
      twoRequests(standing);

      String page = standing.get(standing.balancer.adminUrl() + "/metrics").body();

      assertThat(page.lines())
          .filteredOn(line -> line.startsWith("# TYPE fleetserve_lb_"))
          .allSatisfy(
              line -> assertThat(table).contains("`" + line.split(" ", 4)[2].substring(14) + "`"));
    }
  }
}
