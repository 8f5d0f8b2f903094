package io.fleetserve.provider.slurm;

import io.fleetserve.provider.slurm.ClusterView.Node;
import io.fleetserve.provider.slurm.ClusterView.Partition;
import io.fleetserve.provider.slurm.ClusterView.Taken;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads partitions and nodes as `slurmrestd` writes them, of whichever version. Pure.
final class ViewJson {
  private ViewJson() {}

  static ClusterView view(JsonNode partitions, JsonNode nodes) {
    List<Partition> all = new ArrayList<>();
    for (JsonNode partition : partitions.path("partitions")) {
      String name = JobJson.text(partition.path("name"));
      List<Node> members = new ArrayList<>();
      for (JsonNode node : nodes.path("nodes")) {
        if (words(node.path("partitions")).contains(name)) {
          members.add(node(node));
        }
      }
      boolean up =
          partition.has("state")
              ? isUp(partition.path("state"))
              : isUp(partition.path("partition").path("state"));
      all.add(new Partition(name, up, preempts(partition), tier(partition), members));
    }
    return new ClusterView(all);
  }

  private static boolean isUp(JsonNode state) {
    return words(state).stream().anyMatch("UP"::equalsIgnoreCase);
  }

  /// The mode CANCEL is told as an empty list by some versions; those from v0.0.40 to v0.0.44 do
  /// not tell the mode at all, and then only the settings can say that a partition is spot.
  private static boolean preempts(JsonNode partition) {
    for (String key : List.of("preemption_mode", "preempt_mode")) {
      if (partition.has(key)) {
        return words(partition.path(key)).stream()
            .noneMatch(mode -> mode.matches("(?i)disabled|off"));
      }
    }
    return false;
  }

  private static int tier(JsonNode partition) {
    long tier = JobJson.number(partition.path("priority_tier"));
    return (int) Math.max(tier, JobJson.number(partition.path("priority").path("tier")));
  }

  private static Node node(JsonNode node) {
    List<String> states = words(node.path("state"));
    List<String> flags = words(node.path("state_flags"));
    flags.addAll(states);
    boolean usable =
        !states.isEmpty()
            && ClusterView.isUsable(states.getFirst())
            && flags.stream()
                .noneMatch(
                    flag -> flag.matches("(?i)drain(ed)?|down|fail|not_responding|invalid_reg"));
    return new Node(
        JobJson.text(node.path("name")),
        usable,
        (int) JobJson.number(node.path("cpus")),
        JobJson.number(node.path("real_memory")),
        words(node.path("features")),
        ClusterView.gpus(JobJson.text(node.path("gres"))),
        new Taken(
            (int) JobJson.number(node.path("alloc_cpus")),
            JobJson.number(node.path("alloc_memory")),
            ClusterView.gpus(JobJson.text(node.path("gres_used")))));
  }

  /// A list, or a text with commas.
  private static List<String> words(JsonNode node) {
    List<String> words = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(each -> words.add(JobJson.text(each)));
    } else {
      words.addAll(ClusterView.words(JobJson.text(node)));
    }
    return words;
  }
}
