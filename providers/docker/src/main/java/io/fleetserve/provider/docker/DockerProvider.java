package io.fleetserve.provider.docker;

import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.transport.HttpBody;
import io.fleetserve.provider.transport.NotSentException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Runs replicas as containers of a Docker engine, one container each, named after the attempt.
///
/// The engine is the memory: labels tell whose a container is. Only a pull that takes long is known
/// here alone ([Launches]); when this object goes away in its midst, nothing was made yet.
/// Thread-safe.
final class DockerProvider implements InstanceProvider {
  static final String NAME = "docker";

  private static final int WORDS = 5;
  private static final Duration SOON = Duration.ofSeconds(5);

  private final ProviderContext context;
  private final DockerSettings settings;
  private final Engine engine;
  private final ContainerMaking making;
  private final Launches launches;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  DockerProvider(ProviderContext context, DockerSettings settings, Engine engine) {
    this.context = context;
    this.settings = settings;
    this.engine = engine;
    this.making = new ContainerMaking(context, settings, engine);
    this.launches = new Launches(engine, new RegistryLogin(settings.registries()), context.clock());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(false, true, false, true, Duration.ZERO, Duration.ofSeconds(15));
  }

  @Override
  public List<Offer> offers(OfferQuery query) {
    try {
      JsonNode info = engine.info();
      MachineShare share = new MachineShare(settings.accelerators(), making.held());
      MachineFit machine =
          new MachineFit(
              info.path("NCPU").asInt(0), info.path("MemTotal").asLong(0), settings.accelerators());
      return new DockerOffers(
              machine, share.freeCounts(), settings.address().local(), settings.price())
          .offers(query);
    } catch (IOException | EngineException e) {
      query.later().accept(NAME + ": " + away(e));
      return List.of();
    }
  }

  /// The engine; what containers of all installations may use of it is not free.
  @Override
  public List<Place> places() {
    try {
      JsonNode info = engine.info();
      List<ContainerMark> held = making.held();
      int cpus = info.path("NCPU").asInt(0);
      long memory = info.path("MemTotal").asLong(0);
      MachineShare share = new MachineShare(settings.accelerators(), held);
      Set<String> attempts =
          held.stream()
              .filter(mark -> mark.ownership().installationId().equals(context.installationId()))
              .map(ContainerMark::attemptId)
              .collect(Collectors.toSet());
      launches.all().forEach(launch -> attempts.add(launch.attemptId()));
      return List.of(
          new Place(
              NAME,
              "engine",
              making.withoutAgent().map(why -> NAME + ": " + why).orElse(null),
              new MachineFit(cpus, memory, settings.accelerators()),
              share.free(cpus, memory),
              settings.price(),
              false,
              attempts));
    } catch (IOException | EngineException e) {
      return List.of(Place.away(NAME, "engine", NAME + ": " + away(e)));
    }
  }

  @Override
  public CreateOutcome create(CreateSpec spec) {
    String wished = spec.resources().imageId();
    String image = wished == null ? HostFiles.IMAGE : wished.substring(DockerOffers.IMAGE.length());
    try {
      Optional<CreateOutcome> before = existing(spec);
      if (before.isPresent()) {
        return before.get();
      }
      if (engine.hasImage(image)) {
        return start(spec, image);
      }
      if (wished == null) {
        makeHostImage();
        return start(spec, image);
      }
    } catch (EngineException e) {
      return new CreateOutcome.Rejected(EngineErrors.of(e, "image " + image));
    } catch (IOException e) {
      // So far the engine was only asked.
      return new CreateOutcome.Rejected(EngineErrors.error(Category.TRANSIENT, away(e)));
    }
    return launches.pullAndStart(spec, image, ref(spec.attemptId()), () -> start(spec, image));
  }

  private void makeHostImage() throws IOException {
    engine.importImage(
        HostFiles.REPOSITORY,
        HostFiles.TAG,
        HostFiles.CHANGE,
        HttpBody.streamed("application/x-tar", out -> HostFiles.writeImage(new TarWriter(out))));
  }

  /// What an earlier call of the same attempt made, or what somebody else holds under its name.
  private Optional<CreateOutcome> existing(CreateSpec spec) throws IOException {
    if (launches.find(spec.attemptId()).isPresent()) {
      return Optional.of(new CreateOutcome.Accepted(ref(spec.attemptId())));
    }
    String name = ContainerMark.name(spec.attemptId());
    Optional<JsonNode> container = engine.container(name);
    if (container.isEmpty()) {
      return Optional.empty();
    }
    boolean ours =
        ContainerMark.read(container.get().path("Config").path("Labels"))
            .filter(mark -> mark.ownership().equals(spec.ownership()))
            .isPresent();
    return Optional.of(
        ours
            ? new CreateOutcome.Accepted(ref(spec.attemptId()))
            : new CreateOutcome.Rejected(
                EngineErrors.error(
                    Category.INVALID_REQUEST,
                    "a container named " + name + " is there already and is not ours; remove it")));
  }

  private CreateOutcome start(CreateSpec spec, String image) {
    String name = ContainerMark.name(spec.attemptId());
    busy.add(name);
    try {
      making.make(spec, image);
      return new CreateOutcome.Accepted(ref(spec.attemptId()));
    } catch (ContainerMaking.Refusal e) {
      // What others hold comes back as soon as they leave.
      return new CreateOutcome.Rejected(
          new ProviderError(e.category(), null, SOON, String.valueOf(e.getMessage())));
    } catch (EngineException e) {
      return undone(name, EngineErrors.of(e, "container " + name));
    } catch (NotSentException e) {
      return undone(name, EngineErrors.error(Category.TRANSIENT, away(e)));
    } catch (IOException e) {
      return new CreateOutcome.Unknown(
          EngineErrors.error(Category.OUTCOME_UNKNOWN, String.valueOf(e.getMessage())));
    } finally {
      busy.remove(name);
    }
  }

  /// Leaves nothing behind, or does not claim so.
  private CreateOutcome undone(String name, ProviderError error) {
    try {
      engine.remove(name);
      return new CreateOutcome.Rejected(error);
    } catch (IOException | EngineException e) {
      return new CreateOutcome.Unknown(
          new ProviderError(
              Category.OUTCOME_UNKNOWN,
              null,
              null,
              error.message() + "; and the container could not be removed: " + e.getMessage()));
    }
  }

  @Override
  public Optional<Instance> get(InstanceRef ref) {
    try {
      Optional<JsonNode> container = engine.container(ref.id());
      Optional<ContainerMark> mark =
          container.flatMap(found -> ContainerMark.read(found.path("Config").path("Labels")));
      if (container.isPresent() && mark.isPresent()) {
        return Optional.of(instance(mark.get(), container.get()));
      }
      return launches.find(ref).map(launch -> launch.instance(ref));
    } catch (IOException | EngineException e) {
      throw failed("get " + ref.id(), e);
    }
  }

  /// One that ended in order is taken away as it is seen: whoever hears that it is over does not
  /// ask for its end any more.
  private Instance instance(ContainerMark mark, JsonNode container) throws IOException {
    ContainerState state = ContainerState.of(container);
    Instance.State word = state.instance(busy.contains(mark.name()));
    if (word == Instance.State.TERMINATED) {
      engine.remove(mark.name());
    }
    return new Instance(
        ref(mark.attemptId()),
        mark.ownership(),
        mark.attemptId(),
        word,
        ContainerState.created(container, context.clock().instant()),
        null,
        word == Instance.State.FAILED ? state.failure(mark.name(), lastWords(mark.name())) : null,
        state.raw());
  }

  private String lastWords(String name) throws IOException {
    try {
      return engine.output(name, WORDS).strip().replaceAll("\\s*\\R\\s*", " ");
    } catch (EngineException none) {
      return ""; // a container that never started has no output
    }
  }

  @Override
  public List<Instance> list(String installationId) {
    try {
      List<Instance> found = new ArrayList<>();
      for (JsonNode listed : engine.containers(ContainerMark.of(installationId))) {
        Optional<ContainerMark> mark = ContainerMark.read(listed.path("Labels"));
        if (mark.isPresent()) {
          // A list tells no exit codes; one that is gone meanwhile is not listed.
          Optional<JsonNode> container = engine.container(mark.get().name());
          if (container.isPresent()) {
            found.add(instance(mark.get(), container.get()));
          }
        }
      }
      Set<InstanceRef> made = Set.copyOf(found.stream().map(Instance::ref).toList());
      launches.all().stream()
          .filter(launch -> launch.owner().installationId().equals(installationId))
          .map(launch -> launch.instance(ref(launch.attemptId())))
          .filter(instance -> !made.contains(instance.ref()))
          .forEach(found::add);
      return found;
    } catch (IOException | EngineException e) {
      throw failed("list", e);
    }
  }

  @Override
  public void terminate(InstanceRef ref) {
    launches.cancel(ref);
    try {
      engine.remove(ref.id());
    } catch (IOException | EngineException e) {
      throw failed("terminate " + ref.id(), e);
    }
    launches.forget(ref);
  }

  private String away(Exception cause) {
    return EngineAway.explain(settings.address().url(), String.valueOf(cause.getMessage()));
  }

  private static ProviderException failed(String call, Exception cause) {
    return new ProviderException(NAME + ": " + call + ": " + cause.getMessage(), cause);
  }

  private static InstanceRef ref(String attemptId) {
    return new InstanceRef(NAME, ContainerMark.name(attemptId));
  }

  /// Containers live on.
  @Override
  public void close() {
    launches.close();
  }
}
