package io.fleetserve.provider.slurm;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.InfraPlace;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.slurm.SlurmSettings.Terms;
import io.fleetserve.provider.slurm.SlurmTransport.SlurmRefusal;
import io.fleetserve.provider.transport.NotSentException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Runs replicas as batch jobs of Slurm clusters; regions are clusters, zones their partitions.
///
/// Slurm is the memory: a job's comment tells whose it is. A job runs its replica once; one that
/// Slurm runs again after a requeue counts as preempted, and is ended. Thread-safe.
final class SlurmProvider implements InstanceProvider {
  static final String NAME = "slurm";

  private static final int WORDS = 300;

  /// A place of ours is free again as soon as a replica has left.
  private static final Duration SOON = Duration.ofSeconds(5);

  private final ProviderContext context;
  private final Map<String, Cluster> clusters;

  /// Jobs whose end was asked for: Slurm tells of an ended job for minutes, and nothing is left of
  /// it. Forgotten with this object, after which they are ended once more.
  private final Set<InstanceRef> endedByUs = ConcurrentHashMap.newKeySet();

  private final ReentrantLock counting = new ReentrantLock();

  SlurmProvider(ProviderContext context, Map<String, Cluster> clusters) {
    this.context = context;
    this.clusters = Map.copyOf(clusters);
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
    Resources wish = query.resources();
    if (wish.imageId() != null) {
      reasons.add(NAME + ": runs no images, image_id is " + wish.imageId() + " (expected: none)");
    } else if (wish.instanceType() != null) {
      reasons.add(NAME + ": has no instance types, instance_type is " + wish.instanceType());
    } else {
      for (Cluster cluster : clusters.values()) {
        offers.addAll(offers(cluster, query, reasons));
      }
    }
    if (offers.isEmpty()) {
      if (reasons.isEmpty()) {
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

  private static List<Offer> offers(Cluster cluster, OfferQuery query, List<String> reasons) {
    String infra = query.resources().infra();
    String inside = infra == null ? "" : infra.replaceFirst("^([^/]*/[^/]*)/.*$", "$1");
    if (InfraPlace.elsewhere(inside, NAME, cluster.name()).isPresent()) {
      return List.of();
    }
    try {
      return new SlurmOffers(cluster, cluster.transport().view()).offers(query, reasons);
    } catch (IOException | SlurmRefusal e) {
      reasons.add(cluster.place() + ": does not answer: " + e.getMessage());
      return List.of();
    }
  }

  @Override
  public CreateOutcome create(CreateSpec spec) {
    Cluster cluster = clusters.get(String.valueOf(spec.offer().region()));
    if (cluster == null) {
      return rejected(
          Category.INVALID_REQUEST, NAME + "/" + spec.offer().region() + ": no such cluster");
    }
    String partition = String.valueOf(spec.offer().zone());
    String place = cluster.place(partition);
    String controller = cluster.settings().controllerUrl().orElse(spec.boot().controllerUrl());
    if (!cluster.settings().loopback() && isLoopback(controller)) {
      return rejected(
          Category.INVALID_REQUEST,
          place
              + ": its nodes cannot reach the controller at "
              + controller
              + "; set controller.agents.bind_host and controller.agents.url (or loopback: true"
              + " where the nodes are this machine)");
    }
    if (cluster.settings().terms(partition).map(Terms::maxJobs).orElse(0) == 0) {
      return submit(cluster, partition, controller, spec);
    }
    counting.lock(); // two at once would both find the last place free
    try {
      return submit(cluster, partition, controller, spec);
    } finally {
      counting.unlock();
    }
  }

  private CreateOutcome submit(
      Cluster cluster, String partition, String controller, CreateSpec spec) {
    String place = cluster.place(partition);
    JobRequest request;
    try {
      List<SlurmJob> ours = ours(cluster);
      for (SlurmJob job : ours) {
        if (JobMark.of(job).filter(m -> m.attemptId().equals(spec.attemptId())).isPresent()) {
          return accepted(cluster, job.id(), spec);
        }
      }
      Optional<String> full = full(cluster, partition, ours);
      if (full.isPresent()) {
        return new CreateOutcome.Rejected(
            new ProviderError(Category.QUOTA_EXCEEDED, partition, SOON, full.get()));
      }
      if (cluster.settings().agent().isEmpty()) {
        for (AgentBundle bundle : context.bundles()) {
          cluster.transport().ship(bundle);
        }
      }
      request = request(cluster, partition, spec, controller);
    } catch (IOException e) {
      // So far the cluster was only asked.
      return rejected(Category.TRANSIENT, place + ": does not answer: " + e.getMessage());
    } catch (SlurmRefusal e) {
      return new CreateOutcome.Rejected(SlurmErrors.of(e.text(), cluster.place(), partition));
    }
    try {
      return accepted(cluster, cluster.transport().submit(request), spec);
    } catch (NotSentException e) {
      return rejected(Category.TRANSIENT, place + ": does not answer: " + e.getMessage());
    } catch (SlurmRefusal e) {
      ProviderError error = SlurmErrors.of(e.text(), cluster.place(), partition);
      return error.category() == Category.OUTCOME_UNKNOWN
          ? new CreateOutcome.Unknown(error)
          : new CreateOutcome.Rejected(error);
    } catch (IOException e) {
      return new CreateOutcome.Unknown(
          new ProviderError(Category.OUTCOME_UNKNOWN, place, null, place + ": " + e.getMessage()));
    }
  }

  /// Jobs of the installation, ended ones too.
  private List<SlurmJob> ours(Cluster cluster) throws IOException, SlurmRefusal {
    return cluster.transport().jobs().stream()
        .filter(job ->
            JobMark.of(job)
                .filter(m -> m.ownership().installationId().equals(context.installationId()))
                .isPresent())
        .toList();
  }

  private static Optional<String> full(Cluster cluster, String partition, List<SlurmJob> ours) {
    int most = cluster.settings().terms(partition).map(Terms::maxJobs).orElse(0);
    long now =
        ours.stream().filter(job -> !job.isOver() && job.partition().equals(partition)).count();
    return most == 0 || now < most
        ? Optional.empty()
        : Optional.of(
            "%s: has %d jobs of this installation (max_jobs: %d)"
                .formatted(cluster.place(partition), now, most));
  }

  private static boolean isLoopback(String url) {
    String host = String.valueOf(URI.create(url).getHost());
    return host.startsWith("127.") || host.equals("localhost") || host.equals("[::1]");
  }

  private JobRequest request(
      Cluster cluster, String partition, CreateSpec spec, String controllerUrl)
      throws IOException, SlurmRefusal {
    SlurmSettings settings = cluster.settings();
    Terms terms = settings.terms(partition).orElse(settings.standard());
    Resources wish = spec.resources();
    Resources.Amount cpus = wish.cpus();
    Resources.Amount memory = wish.memoryGib();
    List<String> gres =
        wish.accelerators().isEmpty()
            ? List.of()
            : new SlurmOffers(cluster, cluster.transport().view()).gres(wish, partition);
    return new JobRequest(
        new JobMark(spec.ownership(), spec.attemptId()),
        partition,
        spec.numNodes(),
        gres,
        cpus == null ? 0 : (int) Math.ceil(cpus.value()),
        memory == null ? 0 : (long) Math.ceil(memory.value() * 1024),
        terms.walltime(),
        settings.logs().map(folder -> folder + "/fleetserve-%j.log").orElse("/dev/null"),
        terms.options(),
        new JobScript(agent(cluster), settings.folder(), spec.numNodes())
            .text(spec.boot(), controllerUrl));
  }

  /// What the settings name; else the bundle, and where this distribution has none, its own agent
  /// on the Java that this program runs on, for nodes that see its files.
  private NodeAgent agent(Cluster cluster) {
    if (!cluster.settings().agent().isEmpty()) {
      return new NodeAgent.Command(cluster.settings().agent());
    }
    if (!context.bundles().isEmpty()) {
      return new NodeAgent.Bundled(context.bundles());
    }
    List<String> agent = new ArrayList<>();
    agent.add("env");
    agent.add("JAVA25_HOME=" + System.getProperty("java.home"));
    agent.addAll(context.agentCommand());
    return new NodeAgent.Command(agent);
  }

  private static CreateOutcome accepted(Cluster cluster, long job, CreateSpec spec) {
    return new CreateOutcome.Accepted(new JobRef(cluster.name(), job, spec.attemptId()).ref());
  }

  private static CreateOutcome rejected(Category category, String message) {
    return new CreateOutcome.Rejected(new ProviderError(category, null, null, message));
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
    Instant endsAt = runs ? job.endsAt() : null;
    return new Instance(
        new JobRef(cluster.name(), job.id(), mark.attemptId()).ref(),
        mark.ownership(),
        mark.attemptId(),
        state.state(),
        job.submittedAt(),
        runs ? takenBackAt(cluster, job) : null,
        endsAt,
        state.failure().map(error -> withLastWords(cluster, job, error)).orElse(null),
        raw(job));
  }

  /// After a decision to preempt, the end of the grace; and shortly before the end of its walltime
  /// that end, since the replica has to be replaced in either case.
  private @Nullable Instant takenBackAt(Cluster cluster, SlurmJob job) {
    Instant end = job.endsAt();
    Instant preempted = job.preemptedAt();
    if (preempted != null) {
      return end == null ? preempted : end;
    }
    Instant start = job.startedAt();
    if (end == null || start == null) {
      return null;
    }
    Duration handover = cluster.settings().handover();
    // A walltime shorter than that must not make each successor be replaced at once.
    Duration half = Duration.between(start, end).dividedBy(2);
    Instant due = end.minus(handover.compareTo(half) < 0 ? handover : half);
    return context.clock().instant().isBefore(due) ? null : end;
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

  @Override
  public void close() {
    // Nothing is held open: jobs live on.
  }
}
