package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import io.fleetserve.testing.slurm.SlurmCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Services on a Slurm cluster: what the cluster takes back, by its walltime or for another job,
/// with notice or without, is replaced, and no repeatable request fails. Nodes share no folder with
/// the controller: they fetch the agent from it, by way of the tunnels' port.
final class SlurmIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /// How long the cluster's controller is away, beside the time for some hundred answers.
  private static final Duration AWAY =
      Duration.ofSeconds(Integer.getInteger("fleetserve.slurmctld.seconds", 0));

  private static final String CANARY = "canary-77a0d1";

  @TempDir Path folder;

  @Test
  void whatTheClusterTakesBackIsReplacedWithoutAFailedRequest() throws Exception {
    Optional<String> missing = SlurmCluster.missing();
    Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    try (SlurmCluster cluster = SlurmCluster.start();
        Fleet fleet = Fleet.create(Services.ROOT, folder, config(cluster))) {
      fleet.openTunnels();
      cluster.hide(Services.ROOT.resolve("dist/target/fleetserve/lib/bundle"));
      clusterWithoutItsController(fleet, cluster);
      fleet.must("up", file("short", "infra: slurm/test/zone-a"));
      List<JsonNode> ending = fleet.ready("short");
      try (Load load = load(fleet.url("short"))) {
        preemption(fleet, cluster, "spot-notice");
        preemption(fleet, cluster, "spot");

        // A minute is over half way: successors take over before it ends.
        fleet.await(
            "successors of the jobs whose walltime ends", LIMIT, () -> replaced(fleet, ending));
        assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
      }
      assertThat(fleet.must("events", "short").out())
          .contains("ends by itself")
          .doesNotContain("walltime");
      Services.awaitIdle(fleet, "short");
      assertThat(cluster.run("squeue", "--json") + cluster.run("scontrol", "show", "jobs"))
          .doesNotContain(CANARY);

      fleet.must("down", "--all", "-y");
      assertThat(cluster.run("squeue", "-h", "-o", "%j").lines())
          .noneMatch(job -> job.startsWith("fs-"));
    }
  }

  private static String config(SlurmCluster cluster) {
    return "controller: {agents: {url: tunnel}}\n"
        + cluster.config()
        + """
                logs: %s
                partitions:
                  zone-a: {walltime: 1m}
                  ondemand: {price: 3}
                  spot-notice: {notice: 5s, price: 1}
                  spot: {price: 1}
        """
            .formatted(cluster.folder().resolve("log"));
  }

  /// A service of two replicas.
  private String file(String name, String resources) {
    return Services.write(
        folder,
        name,
        """
        name: %s
        service:
          readiness_probe: /
          replicas: 2
        resources:
          cpus: 1
        %ssecrets: {CANARY: %s}
        run: exec /usr/bin/python3 -m http.server $PORT
        """
            .formatted(name, resources.indent(2), CANARY));
  }

  private static Load load(URI url) {
    return Load.start(4, () -> HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(30)).build());
  }

  /// Replicas serve on, and none is taken for lost, while it is away and when it is back.
  private void clusterWithoutItsController(Fleet fleet, SlurmCluster cluster) throws IOException {
    fleet.must("up", file("steady", "infra: slurm/test/ondemand"));
    List<Integer> before = ids(fleet, "steady");
    try (Load load = load(fleet.url("steady"))) {
      cluster.stopController();
      long end = System.nanoTime() + AWAY.toNanos();
      int answers = load.count();
      fleet.await(
          "answers without Slurm's controller",
          AWAY.plus(LIMIT),
          () -> System.nanoTime() > end && load.count() > answers + 200);
      cluster.startController();
      int after = load.count();
      fleet.await("answers with it", LIMIT, () -> load.count() > after + 200);
      assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
    }
    assertThat(ids(fleet, "steady")).hasSize(2).isEqualTo(before);
    assertThat(fleet.must("events", "steady").out()).doesNotContain("FAILED", "PREEMPTED");
    fleet.must("down", "steady", "-y");
  }

  /// A stronger job wants a node of a partition with preemption: its replicas go elsewhere.
  private void preemption(Fleet fleet, SlurmCluster cluster, String partition) throws IOException {
    String places =
        """
        use_spot: true
        accelerators: T4:1
        any_of: [{infra: slurm/test/%s}, {infra: slurm/test/ondemand}]
        """
            .formatted(partition);
    fleet.must("up", file(partition, places));
    try (Load load = load(fleet.url(partition))) {
      fleet.await("spot alone", LIMIT, () -> spot(fleet, partition).size() == 2);
      String node = node(spot(fleet, partition).getFirst());
      List<JsonNode> victims =
          spot(fleet, partition).stream().filter(each -> node(each).equals(node)).toList();

      String stronger = cluster.occupy(node);

      fleet.await("replacements of " + victims, LIMIT, () -> replaced(fleet, victims));
      if (partition.equals("spot-notice")) {
        assertThat(fleet.must("events", partition).out()).contains("ReplicaNoticed");
      } else {
        assertThat(fleet.must("events", partition).out())
            .contains("PREEMPTED: ")
            .doesNotContain("FAILED");
      }
      assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
      cluster.run("scancel", stronger);
      fleet.must("down", partition, "-y");
    }
  }

  /// Ready replicas that may be taken back, once there are no others.
  private static List<JsonNode> spot(Fleet fleet, String service) {
    JsonNode status = fleet.status(service);
    List<JsonNode> ready = fleet.ready(service);
    boolean settled = status.get("totalReplicas").asInt() == 2;
    return settled
        ? ready.stream().filter(each -> each.get("spot").asBoolean()).toList()
        : List.of();
  }

  /// Name of the node that a replica is on.
  private static String node(JsonNode replica) {
    String address = replica.get("endpoint").asString().replaceFirst(":.*", "");
    return "node" + address.substring(address.lastIndexOf('.') + 1);
  }

  /// Whether two others are ready and none of the old ones is left.
  private static boolean replaced(Fleet fleet, List<JsonNode> old) {
    String service = old.getFirst().get("service").asString();
    List<Integer> now = ids(fleet, service);
    return now.size() == 2
        && old.stream().noneMatch(replica -> now.contains(replica.get("replicaId").asInt()));
  }

  private static List<Integer> ids(Fleet fleet, String service) {
    return fleet.ready(service).stream()
        .map(replica -> replica.get("replicaId").asInt())
        .sorted()
        .toList();
  }
}
