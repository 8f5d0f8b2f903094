package io.fleetserve.provider.slurm;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.slurm.SlurmSettings.Terms;
import io.fleetserve.provider.slurm.SlurmTransport.SlurmRefusal;
import io.fleetserve.provider.transport.NotSentException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// One create call: looks whether the job is there already and whether there is room for one more,
/// brings the agent, submits. Thread-safe.
///
/// Until the job is submitted nothing is made for sure; if that gets no answer, the outcome is
/// unknown, and the job is found by its name.
final class SlurmCreate {
  /// A place of ours is free again as soon as a replica has left.
  private static final Duration SOON = Duration.ofSeconds(5);

  private final ProviderContext context;
  private final ReentrantLock counting = new ReentrantLock();

  SlurmCreate(ProviderContext context) {
    this.context = context;
  }

  CreateOutcome on(Cluster cluster, CreateSpec spec) {
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

  static CreateOutcome rejected(Category category, String message) {
    return new CreateOutcome.Rejected(new ProviderError(category, null, null, message));
  }
}
