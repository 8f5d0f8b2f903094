package io.fleetserve.provider.slurm;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.InfraPlace;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.slurm.ClusterView.Node;
import io.fleetserve.provider.slurm.ClusterView.Partition;
import io.fleetserve.provider.slurm.SlurmSettings.Terms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which partitions of a cluster fit a wish: those with enough nodes that have what is wanted of
/// each. What other jobs use is not subtracted: a job waits its turn. Pure.
record SlurmOffers(Cluster cluster, ClusterView view) {
  /// Cheapest first.
  ///
  /// @param reasons told why partitions do not fit
  /// @param later told why those that may fit another time do not now
  List<Offer> offers(OfferQuery query, List<String> reasons, List<String> later) {
    List<Offer> offers = new ArrayList<>();
    for (Partition partition : view.partitions()) {
      Optional<Terms> terms = cluster.settings().terms(partition.name());
      Optional<String> elsewhere =
          InfraPlace.elsewhere(
              query.resources().infra(), SlurmProvider.NAME, cluster.name(), partition.name());
      if (terms.isPresent() && elsewhere.isEmpty()) {
        offer(query, partition, terms.get(), reasons, later).ifPresent(offers::add);
      }
    }
    cluster.settings().partitions().keySet().stream()
        .filter(name -> view.partitions().stream().noneMatch(each -> each.name().equals(name)))
        .sorted()
        .forEach(name -> reasons.add(cluster.place(name) + ": there is no such partition"));
    offers.sort(Comparator.comparingDouble(Offer::hourlyPrice));
    return offers;
  }

  private Optional<Offer> offer(
      OfferQuery query,
      Partition partition,
      Terms terms,
      List<String> reasons,
      List<String> later) {
    Resources wish = query.resources();
    String place = cluster.place(partition.name());
    boolean spot = terms.spot().orElseGet(() -> view.isSpot(partition));
    if (!partition.up()) {
      later.add(place + ": is not up");
      return Optional.empty();
    }
    List<Node> usable = partition.nodes().stream().filter(Node::usable).toList();
    List<Node> fitting = fitting(usable, wish);
    if (fitting.size() < query.numNodes()) {
      boolean down = fitting(partition.nodes(), wish).size() >= query.numNodes();
      (down ? later : reasons).add(place + ": " + lack(query, usable, fitting));
      return Optional.empty();
    }
    if (spot != wish.useSpot()) {
      reasons.add(
          place + (spot ? ": may lose its jobs (expected: use_spot: true)" : ": sells no spot"));
      return Optional.empty();
    }
    return Optional.of(
        new Offer(
            SlurmProvider.NAME,
            cluster.name(),
            partition.name(),
            "job",
            fitting.getFirst().size().description() + (query.numNodes() > 1 ? " each" : ""),
            price(wish, terms, fitting.getFirst()) * query.numNodes(),
            spot));
  }

  private static List<Node> fitting(List<Node> nodes, Resources wish) {
    return nodes.stream().filter(node -> node.size().against(wish).isEmpty()).toList();
  }

  private static String lack(OfferQuery query, List<Node> usable, List<Node> fitting) {
    if (usable.isEmpty()) {
      return "no node of it takes jobs";
    }
    if (!fitting.isEmpty()) {
      return "has %d such nodes (expected: %d)".formatted(fitting.size(), query.numNodes());
    }
    Node best =
        usable.stream()
            .min(Comparator.comparingInt(node -> node.size().against(query.resources()).size()))
            .orElseThrow();
    return best.name() + " " + String.join(", ", best.size().against(query.resources()));
  }

  private static double price(Resources wish, Terms terms, Node node) {
    double price = terms.price();
    for (Map.Entry<String, Double> accelerator : wish.accelerators().entrySet()) {
      String type = type(accelerator.getKey(), node.gpus().keySet()).orElse("");
      price +=
          accelerator.getValue()
              * terms.acceleratorPrices().entrySet().stream()
                  .filter(each -> each.getKey().equalsIgnoreCase(type))
                  .mapToDouble(Map.Entry::getValue)
                  .findFirst()
                  .orElse(0);
    }
    return Math.round(price * 1e6) / 1e6;
  }

  /// The GRES type that a name in the file means.
  private static Optional<String> type(String wished, Iterable<String> types) {
    for (String type : types) {
      if (MachineFit.isModel(wished, type)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /// Typed GRES for a wish, for example `gpu:a100:2`, as the partition's nodes name them.
  List<String> gres(Resources wish, String partitionName) {
    List<String> gres = new ArrayList<>();
    List<String> types =
        view.partitions().stream()
            .filter(partition -> partition.name().equals(partitionName))
            .flatMap(partition -> partition.nodes().stream())
            .flatMap(node -> node.gpus().keySet().stream())
            .distinct()
            .toList();
    wish.accelerators()
        .forEach((name, count) -> {
          String type = type(name, types).orElse(name);
          gres.add((type.equals("gpu") ? "gpu:" : "gpu:" + type + ":") + (int) Math.ceil(count));
        });
    return gres;
  }
}
