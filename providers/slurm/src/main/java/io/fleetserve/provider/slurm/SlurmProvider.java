package io.fleetserve.provider.slurm;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.InfraPlace;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Lifetime;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.slurm.SlurmTransport.SlurmRefusal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Runs replicas as batch jobs of Slurm clusters; regions are clusters, zones their partitions.
///
/// Slurm is the memory: a job's comment tells whose it is. A job runs its replica once; one that
/// Slurm runs again after a requeue counts as preempted, and is ended. Thread-safe.
final class SlurmProvider implements InstanceProvider {
  static final String NAME = "slurm";

  private static final int WORDS = 300;

  /// How long a question for offers waits for clusters.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ProviderContext context;
  private final Map<String, Cluster> clusters;
  private final SlurmCreate create;
  private final SlurmViews views;

  /// Jobs whose end was asked for: Slurm tells of an ended job for minutes, and nothing is left of
  /// it. Forgotten with this object, after which they are ended once more.
  private final Set<InstanceRef> endedByUs = ConcurrentHashMap.newKeySet();

  SlurmProvider(ProviderContext context, Map<String, Cluster> clusters) {
    this.context = context;
    this.clusters = Map.copyOf(clusters);
    this.create = new SlurmCreate(context);
    this.views = new SlurmViews(context.clock(), PATIENCE);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Capabilities capabilities() {
    Duration notice =
        clusters.values().stream()
            .map(cluster -> cluster.settings().notice())
            .min(Duration::compareTo)
            .orElse(Duration.ZERO);
    return new Capabilities(true, false, true, true, notice, Duration.ofSeconds(30));
  }

  @Override
  public List<Offer> offers(OfferQuery query) {
    List<Offer> offers = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    List<String> later = new ArrayList<>();
    List<String> late = new ArrayList<>();
    Resources wish = query.resources();
    if (wish.imageId() != null) {
      reasons.add(NAME + ": runs no images, image_id is " + wish.imageId() + " (expected: none)");
    } else if (wish.instanceType() != null) {
      reasons.add(NAME + ": has no instance types, instance_type is " + wish.instanceType());
    } else {
      List<Cluster> asked =
          clusters.values().stream().filter(cluster -> mayFit(cluster, wish)).toList();
      views
          .ask(asked)
          .forEach((cluster, told) -> {
            switch (told) {
              case SlurmViews.Told.View(ClusterView view) ->
                  offers.addAll(new SlurmOffers(cluster, view).offers(query, reasons, later));
              case SlurmViews.Told.No(String why, boolean mayChange) ->
                  (mayChange ? later : reasons).add(cluster.place() + ": does not answer: " + why);
              case SlurmViews.Told.Late(Duration waited) ->
                  late.add(
                      "%s: has not answered within %d s"
                          .formatted(cluster.place(), waited.toSeconds()));
            }
          });
    }
    if (offers.isEmpty()) {
      late.forEach(query.late());
      later.forEach(query.later());
      if (reasons.isEmpty() && later.isEmpty() && late.isEmpty()) {
        reasons.add(
            "%s: infra is %s (expected: %s/%s)"
                .formatted(
                    NAME,
                    wish.infra(),
                    NAME,
                    String.join("|", clusters.keySet().stream().sorted().toList())));
      }
      reasons.forEach(query.reject());
    }
    return offers;
  }

  @Override
  public List<Place> places() {
    return new SlurmPlaces(clusters.values(), context.installationId()).places();
  }

  private static boolean mayFit(Cluster cluster, Resources wish) {
    String infra = wish.infra();
    String inside = infra == null ? "" : infra.replaceFirst("^([^/]*/[^/]*)/.*$", "$1");
    return InfraPlace.elsewhere(inside, NAME, cluster.name()).isEmpty();
  }

  @Override
  public CreateOutcome create(CreateSpec spec) {
    Cluster cluster = clusters.get(String.valueOf(spec.offer().region()));
    return cluster == null
        ? SlurmCreate.rejected(
            Category.INVALID_REQUEST, NAME + "/" + spec.offer().region() + ": no such cluster")
        : create.on(cluster, spec);
  }

  @Override
  public Optional<Instance> get(InstanceRef ref) {
    Optional<JobRef> id = JobRef.of(ref);
    Cluster cluster = id.map(JobRef::cluster).map(clusters::get).orElse(null);
    if (cluster == null) {
      return Optional.empty();
    }
    try {
      Optional<SlurmJob> job = cluster.transport().job(id.get().job());
      Optional<JobMark> mark =
          job.flatMap(JobMark::of).filter(m -> m.attemptId().equals(id.get().attemptId()));
      if (mark.isEmpty() || (job.get().isOver() && endedByUs.contains(ref))) {
        endedByUs.remove(ref);
        return Optional.empty();
      }
      return Optional.of(instance(cluster, job.get(), mark.get()));
    } catch (IOException | SlurmRefusal e) {
      throw failed(cluster, "get " + ref.id(), e);
    }
  }

  private Instance instance(Cluster cluster, SlurmJob job, JobMark mark) throws IOException {
    JobState state = JobState.of(job, cluster.place(job.partition()));
    boolean runs = state.state() == Instance.State.RUNNING;
    return new Instance(
        new JobRef(cluster.name(), job.id(), mark.attemptId()).ref(),
        mark.ownership(),
        mark.attemptId(),
        state.state(),
        job.submittedAt(),
        runs ? takenBackAt(job) : null,
        runs ? lifetime(cluster, job) : null,
        state.failure().map(error -> withLastWords(cluster, job, error)).orElse(null),
        raw(job));
  }

  /// After a decision to preempt, the end of the grace.
  private static @Nullable Instant takenBackAt(SlurmJob job) {
    Instant preempted = job.preemptedAt();
    return preempted == null || job.endsAt() == null ? preempted : job.endsAt();
  }

  /// Of its walltime, while it is not preempted.
  private static @Nullable Lifetime lifetime(Cluster cluster, SlurmJob job) {
    Instant start = job.startedAt();
    Instant end = job.endsAt();
    return job.preemptedAt() != null || start == null || end == null
        ? null
        : new Lifetime(start, end, cluster.settings().handover());
  }

  private static String raw(SlurmJob job) {
    return job.is("PENDING")
        ? "PENDING: " + PendingReason.of(job.reason()).text()
        : job.stateText() + (job.nodes().isEmpty() ? "" : " on " + job.nodes());
  }

  /// What a failed job printed last, where its output can be read.
  private static ProviderError withLastWords(Cluster cluster, SlurmJob job, ProviderError error) {
    Optional<String> logs = cluster.settings().logs();
    if (logs.isEmpty() || !job.is("FAILED")) {
      return error;
    }
    try {
      String tail = cluster.transport().tail(logs.get() + "/fleetserve-" + job.id() + ".log");
      String words = tail.strip().replaceAll("\\s*\\R\\s*", " ");
      String last = words.substring(Math.max(0, words.length() - WORDS));
      return last.isEmpty()
          ? error
          : new ProviderError(
              error.category(), error.scope(), error.retryAfter(), error.message() + ": " + last);
    } catch (IOException unreadable) {
      return error;
    }
  }

  @Override
  public List<Instance> list(String installationId) {
    List<Instance> found = new ArrayList<>();
    for (Cluster cluster : clusters.values()) {
      try {
        for (SlurmJob job : cluster.transport().jobs()) {
          Optional<JobMark> mark =
              JobMark.of(job).filter(m -> m.ownership().installationId().equals(installationId));
          if (mark.isPresent() && !job.isOver()) {
            found.add(instance(cluster, job, mark.get()));
          }
        }
      } catch (IOException | SlurmRefusal e) {
        throw failed(cluster, "list", e);
      }
    }
    return found;
  }

  @Override
  public void terminate(InstanceRef ref) {
    Optional<JobRef> id = JobRef.of(ref);
    Cluster cluster = id.map(JobRef::cluster).map(clusters::get).orElse(null);
    if (cluster == null) {
      return;
    }
    try {
      Optional<SlurmJob> job = cluster.transport().job(id.get().job());
      boolean ours =
          job.flatMap(JobMark::of)
              .filter(m -> m.attemptId().equals(id.get().attemptId()))
              .isPresent();
      if (ours) {
        endedByUs.add(ref);
        if (!job.get().isOver()) {
          cluster.transport().cancel(id.get().job());
        }
      }
    } catch (IOException | SlurmRefusal e) {
      throw failed(cluster, "terminate " + ref.id(), e);
    }
  }

  private static ProviderException failed(Cluster cluster, String call, Exception cause) {
    return new ProviderException(cluster.place() + ": " + call + ": " + cause.getMessage(), cause);
  }

  /// Jobs live on.
  @Override
  public void close() {
    views.close();
  }
}
