package io.fleetserve.provider.local;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.unit.FileErrors;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Runs replicas on this machine: one folder and one agent process each, in a session of its own,
/// so that it outlives the controller.
///
/// Nothing is remembered here: folders and the marks in `/proc/PID/environ` are the state, so a new
/// object sees what an old one made, at whatever point it was cut off. An instance is named
/// `<folder>.<attempt id>`. Thread-safe.
final class LocalProvider implements InstanceProvider {
  static final String NAME = "local";

  private final ProviderContext context;
  private final String place;
  private final LocalOffers offers;
  private final AgentLaunch launch;
  private final ReplicaEnd end;

  /// Folders that [#create] is busy with: not complete, and no failure either.
  private final Set<Path> creating = ConcurrentHashMap.newKeySet();

  LocalProvider(ProviderContext context, MachineFit machine) {
    this(context, machine, "");
  }

  /// @param place which machine this is, for a controller on another one; empty for its own
  LocalProvider(ProviderContext context, MachineFit machine, String place) {
    this.context = context;
    this.place = place;
    this.offers = new LocalOffers(machine);
    this.launch = new AgentLaunch(context.agentCommand());
    this.end = new ReplicaEnd(context.home());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(false, true, false, false, Duration.ZERO, Duration.ofSeconds(1));
  }

  @Override
  public List<Offer> offers(OfferQuery query) {
    return offers.offers(query);
  }

  /// What is free is not counted: replicas share the machine.
  @Override
  public List<Place> places() {
    Set<String> attempts =
        list(context.installationId()).stream()
            .map(Instance::attemptId)
            .collect(Collectors.toSet());
    return List.of(
        new Place(NAME, "machine", unwritable(), offers.machine(), null, 0, false, attempts));
  }

  private @Nullable String unwritable() {
    try {
      Files.createDirectories(context.home());
      return Files.isWritable(context.home())
          ? null
          : context.home() + " cannot be written; its owner must be who runs the controller";
    } catch (IOException e) {
      return context.home() + " cannot be made: " + FileErrors.describe(e);
    }
  }

  @Override
  public CreateOutcome create(CreateSpec spec) {
    Ownership owner = spec.ownership();
    LocalName name =
        new LocalName(owner.service(), owner.replicaId(), owner.generation(), spec.attemptId());
    ReplicaFolder folder = folder(name);
    if (!creating.add(folder.path())) {
      return new CreateOutcome.Rejected(
          error(ProviderError.Category.TRANSIENT, folder.path() + ": is being made already"));
    }
    try {
      Files.createDirectories(context.home());
      folder.create(spec.boot().in(folder.path().toString()));
      launch.start(folder, new AgentMark(owner, spec.attemptId(), place));
      return new CreateOutcome.Accepted(name.ref());
    } catch (FileAlreadyExistsException e) {
      return existing(folder, name);
    } catch (IOException e) {
      return rejected(folder, FileErrors.describe(e));
    } finally {
      creating.remove(folder.path());
    }
  }

  /// The same attempt again is answered with what it made; another one may not take its place.
  private static CreateOutcome existing(ReplicaFolder folder, LocalName name) {
    Optional<String> holder = folder.readBoot().map(AgentBoot::attemptId);
    if (holder.filter(name.attemptId()::equals).isPresent()) {
      return new CreateOutcome.Accepted(name.ref());
    }
    return new CreateOutcome.Rejected(
        error(
            ProviderError.Category.TRANSIENT,
            folder.path() + ": belongs to attempt " + holder.orElse("(unknown)")));
  }

  /// Leaves nothing behind.
  private CreateOutcome rejected(ReplicaFolder folder, String why) {
    try {
      folder.delete();
    } catch (IOException e) {
      return new CreateOutcome.Unknown(
          error(
              ProviderError.Category.OUTCOME_UNKNOWN,
              why + "; and its folder could not be removed: " + FileErrors.describe(e)));
    }
    return new CreateOutcome.Rejected(error(ProviderError.Category.CAPACITY_UNAVAILABLE, why));
  }

  private static ProviderError error(ProviderError.Category category, String message) {
    return new ProviderError(category, null, null, "local: " + message);
  }

  @Override
  public Optional<Instance> get(InstanceRef ref) {
    LocalName name = LocalName.of(ref);
    ReplicaFolder folder = folder(name);
    Optional<AgentBoot> boot =
        folder.readBoot().filter(found -> found.attemptId().equals(name.attemptId()));
    if (boot.isPresent()) {
      return Optional.of(instance(name, folder, boot.get()));
    }
    return end.processes(name.attemptId(), folder).isEmpty()
        ? Optional.empty()
        : Optional.of(stray(name, owner(name, context.installationId())));
  }

  @Override
  public List<Instance> list(String installationId) {
    Map<String, Instance> found = new LinkedHashMap<>();
    for (ReplicaFolder folder : folders()) {
      Optional<AgentBoot> boot = folder.readBoot();
      LocalName name =
          boot.map(b -> new LocalName(b.service(), b.replicaId(), b.generation(), b.attemptId()))
              .orElseGet(() -> LocalName.ofFolder(folder.path()));
      if (boot.isEmpty() && creating.contains(folder.path())) {
        continue;
      }
      if (boot.isEmpty()) {
        // Cut off before its boot file was complete: nothing was started, the folder must go.
        found.put(name.attemptId() + folder.path(), stray(name, owner(name, installationId)));
      } else if (boot.get().installationId().equals(installationId)) {
        found.put(name.attemptId(), instance(name, folder, boot.get()));
      }
    }
    Set<String> known = Set.copyOf(found.keySet());
    for (LinuxProcess process : LinuxProcess.all()) {
      if (process.alive()) {
        AgentMark.of(process, installationId, place)
            .filter(mark -> !known.contains(mark.attemptId()))
            .ifPresent(mark -> found.merge(mark.attemptId(), stray(mark), LocalProvider::fuller));
      }
    }
    return List.copyOf(found.values());
  }

  /// An agent tells its generation, its server does not.
  private static Instance fuller(Instance one, Instance other) {
    return one.ownership().generation() >= other.ownership().generation() ? one : other;
  }

  private Instance instance(LocalName name, ReplicaFolder folder, AgentBoot boot) {
    Optional<ReplicaFolder.Agent> agent = folder.readAgent();
    boolean alive =
        agent.isPresent()
            ? LinuxProcess.alive(agent.get().pid(), agent.get().startTicks())
            : !end.processes(name.attemptId(), folder).isEmpty();
    Instance.State state = state(folder, alive);
    String words = folder.lastWords();
    ProviderError failure =
        state == Instance.State.FAILED
            ? error(
                ProviderError.Category.TRANSIENT,
                "the replica's agent is dead" + (words.isEmpty() ? "" : ": " + words))
            : null;
    return new Instance(
        name.ref(),
        owner(name, boot.installationId()),
        name.attemptId(),
        state,
        created(folder),
        null,
        failure,
        alive ? "alive" : agent.isPresent() ? "dead" : "never started");
  }

  private Instance.State state(ReplicaFolder folder, boolean alive) {
    if (alive) {
      return Instance.State.RUNNING;
    }
    if (creating.contains(folder.path())) {
      return Instance.State.PENDING;
    }
    return folder.endedOrderly() ? Instance.State.TERMINATED : Instance.State.FAILED;
  }

  private Instance stray(AgentMark mark) {
    Ownership owner = mark.ownership();
    return stray(
        new LocalName(owner.service(), owner.replicaId(), owner.generation(), mark.attemptId()),
        owner);
  }

  private Instance stray(LocalName name, Ownership owner) {
    return new Instance(
        name.ref(),
        owner,
        name.attemptId(),
        Instance.State.FAILED,
        context.clock().instant(),
        null,
        error(ProviderError.Category.TRANSIENT, "what was left of a replica"),
        "left behind");
  }

  private static Ownership owner(LocalName name, String installationId) {
    return new Ownership(installationId, name.service(), name.replicaId(), name.generation());
  }

  private Instant created(ReplicaFolder folder) {
    try {
      return Files.getLastModifiedTime(folder.boot()).toInstant();
    } catch (IOException gone) {
      return context.clock().instant();
    }
  }

  @Override
  public void terminate(InstanceRef ref) {
    LocalName name = LocalName.of(ref);
    try {
      end.end(name.attemptId(), folder(name));
    } catch (IOException e) {
      throw new ProviderException(
          "local: terminate " + ref.id() + ": " + FileErrors.describe(e), e);
    }
  }

  private ReplicaFolder folder(LocalName name) {
    return new ReplicaFolder(context.home().resolve(name.folder()));
  }

  private List<ReplicaFolder> folders() {
    return folders(context.home());
  }

  static List<ReplicaFolder> folders(Path home) {
    if (!Files.isDirectory(home)) {
      return List.of();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(home, Files::isDirectory)) {
      List<ReplicaFolder> folders = new java.util.ArrayList<>();
      entries.forEach(entry -> folders.add(new ReplicaFolder(entry)));
      return folders;
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      throw new ProviderException("local: list " + home + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    // Nothing is held open: replicas live on.
  }
}
