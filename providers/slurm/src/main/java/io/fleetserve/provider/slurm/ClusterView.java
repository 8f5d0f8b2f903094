package io.fleetserve.provider.slurm;

import io.fleetserve.provider.MachineFit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a cluster has: its partitions, each with its nodes.
record ClusterView(List<Partition> partitions) {
  private static final Pattern GRES = Pattern.compile("gpu:(?:(\\(null\\)|[^:(,]+):)?(\\d+)");

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
  /// @param taken what jobs, of whomever, hold of it
  record Node(
      String name,
      boolean usable,
      int cpus,
      long memoryMib,
      List<String> features,
      Map<String, Integer> gpus,
      Taken taken) {
    Node {
      features = List.copyOf(features);
      gpus = Map.copyOf(gpus);
    }

    MachineFit size() {
      return new MachineFit(cpus, memoryMib << 20, gpus);
    }

    /// What a job could get of it now: nothing where no CPU is left, whatever else is.
    MachineFit free() {
      int left = cpus - taken.cpus();
      Map<String, Integer> accelerators = new TreeMap<>();
      gpus.forEach((type, count) ->
          accelerators.put(
              type, left <= 0 ? 0 : Math.max(0, count - taken.gpus().getOrDefault(type, 0))));
      long memory = left <= 0 ? 0 : Math.max(0, memoryMib - taken.memoryMib());
      return new MachineFit(Math.max(0, left), memory << 20, accelerators);
    }
  }

  /// What is allocated on a node.
  record Taken(int cpus, long memoryMib, Map<String, Integer> gpus) {
    Taken {
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
    return sum(partition, Node::size);
  }

  /// What jobs leave of the same nodes.
  static MachineFit free(Partition partition) {
    return sum(partition, Node::free);
  }

  private static MachineFit sum(Partition partition, Function<Node, MachineFit> part) {
    double cpus = 0;
    long memory = 0;
    Map<String, Integer> gpus = new TreeMap<>();
    for (Node node : partition.nodes()) {
      if (node.usable()) {
        MachineFit one = part.apply(node);
        cpus += one.cpus();
        memory += one.memoryBytes();
        one.accelerators().forEach((type, count) -> gpus.merge(type, count, Integer::sum));
      }
    }
    return new MachineFit(cpus, memory, gpus);
  }

  /// `gpu:a100:4(S:0-1),shard:8` has four `a100`; those in use without a type are `gpu:(null):1`.
  static Map<String, Integer> gpus(String gres) {
    Map<String, Integer> found = new LinkedHashMap<>();
    Matcher matcher = GRES.matcher(gres);
    while (matcher.find()) {
      String named = matcher.group(1);
      String type = named == null || named.equals("(null)") ? "gpu" : named;
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
