package io.fleetserve.provider.slurm;

import io.fleetserve.provider.Place;
import io.fleetserve.provider.slurm.ClusterView.Node;
import io.fleetserve.provider.slurm.ClusterView.Partition;
import io.fleetserve.provider.slurm.SlurmSettings.Terms;
import io.fleetserve.provider.slurm.SlurmTransport.SlurmRefusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Every partition of every cluster, asked now, clusters side by side. What is free is what jobs of
/// all users leave of its nodes, which other partitions may have as well; a job that needs more
/// waits its turn.
record SlurmPlaces(Collection<Cluster> clusters, String installationId) {
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  List<Place> places() {
    List<Place> all = new ArrayList<>();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Map<Cluster, Future<List<Place>>> asked = new LinkedHashMap<>();
      clusters.forEach(cluster -> asked.put(cluster, threads.submit(() -> of(cluster))));
      long end = System.nanoTime() + PATIENCE.toNanos();
      asked.forEach((cluster, answer) -> all.addAll(within(end, cluster, answer)));
    } finally {
      threads.shutdownNow();
    }
    return all;
  }

  private static List<Place> within(long end, Cluster cluster, Future<List<Place>> answer) {
    try {
      return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      return List.of(away(cluster, "has not answered within " + PATIENCE.toSeconds() + " s"));
    } catch (ExecutionException e) {
      return List.of(away(cluster, String.valueOf(e.getCause())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(away(cluster, "interrupted"));
    }
  }

  private static Place away(Cluster cluster, String why) {
    return Place.away(cluster.place(), "cluster", cluster.place() + ": " + why);
  }

  private List<Place> of(Cluster cluster) {
    try {
      ClusterView view = cluster.transport().view();
      Map<String, Set<String>> attempts = attempts(cluster);
      List<Place> places = new ArrayList<>();
      for (Partition partition : view.partitions()) {
        cluster
            .settings()
            .terms(partition.name())
            .ifPresent(terms ->
                places.add(
                    place(
                        cluster,
                        view,
                        partition,
                        terms,
                        attempts.getOrDefault(partition.name(), Set.of()))));
      }
      for (String named : cluster.settings().partitions().keySet()) {
        if (view.partitions().stream().noneMatch(each -> each.name().equals(named))) {
          String place = cluster.place(named);
          places.add(Place.away(place, "partition", place + ": there is no such partition"));
        }
      }
      return places;
    } catch (IOException | SlurmRefusal e) {
      String said = String.valueOf(e.getMessage());
      return List.of(
          Place.away(
              cluster.place(), "cluster", SlurmErrors.of(said, cluster.place(), "").message()));
    }
  }

  private static Place place(
      Cluster cluster, ClusterView view, Partition partition, Terms terms, Set<String> attempts) {
    return new Place(
        cluster.place(partition.name()),
        "partition",
        problem(cluster.place(partition.name()), partition),
        ClusterView.size(partition),
        ClusterView.free(partition),
        terms.price(),
        terms.spot().orElseGet(() -> view.isSpot(partition)),
        attempts);
  }

  private static @Nullable String problem(String place, Partition partition) {
    if (!partition.up()) {
      return place + ": is not up";
    }
    return partition.nodes().stream().anyMatch(Node::usable)
        ? null
        : place + ": no node of it takes jobs; ask why: sinfo -R";
  }

  private Map<String, Set<String>> attempts(Cluster cluster) throws IOException, SlurmRefusal {
    Map<String, Set<String>> found = new LinkedHashMap<>();
    for (SlurmJob job : cluster.transport().jobs()) {
      Optional<JobMark> mark =
          JobMark.of(job).filter(one -> one.ownership().installationId().equals(installationId));
      if (mark.isPresent() && !job.isOver()) {
        found.computeIfAbsent(job.partition(), key -> new HashSet<>()).add(mark.get().attemptId());
      }
    }
    return found;
  }
}
