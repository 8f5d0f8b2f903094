package io.fleetserve.provider.slurm;

import io.fleetserve.provider.MachineFit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a cluster has: its partitions, each with its nodes.
record ClusterView(List<Partition> partitions) {
  private static final Pattern GRES = Pattern.compile("gpu:(?:([^:(,]+):)?(\\d+)");

  ClusterView {
    partitions = List.copyOf(partitions);
  }

  /// One partition.
  ///
  /// @param preempts whether its jobs may be taken back by those of a higher tier
  /// @param tier jobs of a higher one come first
  record Partition(String name, boolean up, boolean preempts, int tier, List<Node> nodes) {
    Partition {
      nodes = List.copyOf(nodes);
    }
  }

  /// One node.
  ///
  /// @param usable not down, drained or unknown
  /// @param gpus type as GRES names it, `gpu` where it names none, to number
  record Node(
      String name,
      boolean usable,
      int cpus,
      long memoryMib,
      List<String> features,
      Map<String, Integer> gpus) {
    Node {
      features = List.copyOf(features);
      gpus = Map.copyOf(gpus);
    }
  }

  /// Whether jobs of the partition are spot: it may lose nodes to a partition above it.
  boolean isSpot(Partition partition) {
    List<String> names = partition.nodes().stream().map(Node::name).toList();
    return partition.preempts()
        && partitions.stream()
            .filter(other -> other.tier() > partition.tier())
            .flatMap(other -> other.nodes().stream())
            .anyMatch(node -> names.contains(node.name()));
  }

  /// All nodes of a partition that take jobs, as one.
  static MachineFit size(Partition partition) {
    List<Node> usable = partition.nodes().stream().filter(Node::usable).toList();
    Map<String, Integer> gpus = new TreeMap<>();
    usable.forEach(
        node -> node.gpus().forEach((type, count) -> gpus.merge(type, count, Integer::sum)));
    return new MachineFit(
        usable.stream().mapToInt(Node::cpus).sum(),
        usable.stream().mapToLong(Node::memoryMib).sum() << 20,
        gpus);
  }

  /// `gpu:a100:4(S:0-1),shard:8` has four `a100`.
  static Map<String, Integer> gpus(String gres) {
    Map<String, Integer> found = new LinkedHashMap<>();
    Matcher matcher = GRES.matcher(gres);
    while (matcher.find()) {
      String type = matcher.group(1) == null ? "gpu" : matcher.group(1);
      found.merge(type, Integer.parseInt(matcher.group(2)), Integer::sum);
    }
    return found;
  }

  static List<String> words(String list) {
    List<String> words = new ArrayList<>();
    for (String word : list.split(",", -1)) {
      if (!word.isBlank() && !word.equals("(null)")) {
        words.add(word.strip());
      }
    }
    return words;
  }

  /// States that take jobs: `idle`, `mixed`, `allocated`, `completing`, and powered-down ones that
  /// Slurm wakes up; a mark behind the word, as `*` for one that does not answer, excludes it.
  static boolean isUsable(String state) {
    String word = state.toLowerCase(Locale.ROOT);
    return word.matches("(idle|mix|mixed|alloc|allocated|comp|completing|plnd|planned)[~#+]?");
  }
}
