package io.fleetserve.provider.docker;

import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentBoot.ReplicaTask;
import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.transport.HttpBody;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/// Makes containers: chooses port and accelerators, describes the container, puts the boot file
/// into it and starts it. Thread-safe: choices of one provider are made one after the other.
final class ContainerMaking {
  private static final String LOOPBACK = "127.0.0.1";

  private final ProviderContext context;
  private final DockerSettings settings;
  private final Engine engine;
  private final Map<String, AgentVolume> volumes = new HashMap<>();
  private final ReentrantLock choosing = new ReentrantLock();

  ContainerMaking(ProviderContext context, DockerSettings settings, Engine engine) {
    this.context = context;
    this.settings = settings;
    this.engine = engine;
    context
        .bundles()
        .forEach(bundle -> volumes.put(bundle.architecture(), new AgentVolume(engine, bundle)));
  }

  /// Nothing could be made, and nothing was.
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final Category category;

    Refusal(Category category, String message) {
      super(message);
      this.category = category;
    }

    Category category() {
      return category;
    }
  }

  /// Makes and starts the container. What it made is left when it throws anything but [Refusal].
  ///
  /// @throws EngineException when the engine said no
  /// @throws IOException when the engine did not answer
  void make(CreateSpec spec, String image) throws IOException, Refusal {
    String name = ContainerMark.name(spec.attemptId());
    String controller = controllerUrl(spec.boot());
    Optional<AgentVolume> volume = volume();
    ContainerMark mark = create(spec, image, name, volume);
    if (volume.isPresent()) {
      volume.get().fill(name, image);
    }
    AgentBoot boot = boot(spec, mark, controller);
    engine.put(name, "/", HttpBody.streamed("application/x-tar", out -> files(out, spec, boot)));
    engine.start(name);
  }

  private ContainerMark create(
      CreateSpec spec, String image, String name, Optional<AgentVolume> volume)
      throws IOException, Refusal {
    choosing.lock();
    try {
      MachineShare share = new MachineShare(settings.accelerators(), held());
      List<Integer> gpus =
          share
              .choose(spec.resources())
              .orElseThrow(() ->
                  new Refusal(
                      Category.CAPACITY_UNAVAILABLE,
                      "accelerators: "
                          + spec.resources().accelerators()
                          + " (free: "
                          + share.freeCounts()
                          + ")"));
      int wanted = spec.boot().task().port();
      OptionalInt port =
          wanted > 0
              ? OptionalInt.of(wanted)
              : share.port(spec.attemptId().hashCode(), this::isUsable);
      if (port.isEmpty()) {
        throw new Refusal(Category.CAPACITY_UNAVAILABLE, "no free port for the server");
      }
      ContainerMark mark =
          new ContainerMark(
              spec.ownership(),
              spec.attemptId(),
              port.getAsInt(),
              gpus,
              spec.boot().task().cpus(),
              spec.boot().task().memoryBytes());
      engine.create(name, plan(spec, mark, image, volume).json());
      return mark;
    } finally {
      choosing.unlock();
    }
  }

  /// What living containers hold, of any installation.
  List<ContainerMark> held() throws IOException {
    List<ContainerMark> held = new ArrayList<>();
    for (JsonNode container : engine.containers(ContainerMark.ofAnybody())) {
      String state = container.path("State").asString("");
      if (!state.equals("exited") && !state.equals("dead")) {
        ContainerMark.read(container.path("Labels")).ifPresent(held::add);
      }
    }
    return held;
  }

  /// On another machine the engine itself says so when the container starts.
  private boolean isUsable(int port) {
    if (!settings.address().local()) {
      return true;
    }
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.ofLiteral(LOOPBACK))) {
      return probe.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private ContainerPlan plan(
      CreateSpec spec, ContainerMark mark, String image, Optional<AgentVolume> volume) {
    ReplicaTask task = spec.boot().task();
    List<String> command = new ArrayList<>(agent(volume));
    command.add(ContainerPlan.BOOT);
    Map<String, String> environment = new HashMap<>();
    List<String> binds = new ArrayList<>(settings.binds());
    if (image.equals(HostFiles.IMAGE)) {
      binds.addAll(HostFiles.programs());
    }
    if (volume.isPresent()) {
      binds.add(volume.get().bind());
    } else if (settings.agent().isEmpty()) {
      binds.addAll(HostFiles.agent(context.agentCommand()));
      environment.put("JAVA25_HOME", HostFiles.javaHome());
    }
    if (settings.address().local()) {
      binds.addAll(HostFiles.sources(sources(task)));
    }
    return new ContainerPlan(
        mark,
        image,
        command,
        binds.stream().distinct().toList(),
        environment,
        settings.hostNetwork(),
        settings.publish());
  }

  private List<String> agent(Optional<AgentVolume> volume) {
    if (!settings.agent().isEmpty()) {
      return settings.agent();
    }
    return volume.isPresent() ? List.of(AgentVolume.PROGRAM) : context.agentCommand();
  }

  /// The bundle, as images have no Java and no agent. Where this distribution has none, containers
  /// on this machine get its own agent and Java.
  private Optional<AgentVolume> volume() throws IOException, Refusal {
    Optional<String> lack = withoutAgent();
    if (lack.isPresent()) {
      throw new Refusal(Category.INVALID_REQUEST, lack.get());
    }
    return settings.agent().isEmpty() ? bundled() : Optional.empty();
  }

  private Optional<AgentVolume> bundled() throws IOException {
    return volumes.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(volumes.get(engine.info().path("Architecture").asString("")));
  }

  /// Why no agent can be had for the engine's machine; empty when one can.
  Optional<String> withoutAgent() throws IOException {
    return !settings.agent().isEmpty() || settings.address().local() || bundled().isPresent()
        ? Optional.empty()
        : Optional.of(
            "there is no agent for the engine's machine (%s); build it, or name its command in"
                    .formatted(engine.info().path("Architecture").asString("unknown"))
                + " providers.docker.agent");
  }

  private static List<String> sources(ReplicaTask task) {
    List<String> sources = new ArrayList<>(task.fileMounts().values());
    String workdir = task.workdir();
    if (workdir != null) {
      sources.add(workdir);
    }
    return sources;
  }

  private AgentBoot boot(CreateSpec spec, ContainerMark mark, String controllerUrl) {
    String host = settings.address().local() ? LOOPBACK : settings.reach();
    ReplicaTask arranged = spec.boot().task().inside(host, mark.port(), Map.of());
    return spec.boot().at(controllerUrl, ContainerPlan.FOLDER, arranged);
  }

  /// Only in the network of this machine is the controller's loopback the container's own.
  private String controllerUrl(AgentBoot boot) throws Refusal {
    String url = settings.controllerUrl().orElse(boot.controllerUrl());
    boolean shared = settings.hostNetwork() && settings.address().local();
    if (!shared && url.contains("//" + LOOPBACK + ":")) {
      throw new Refusal(
          Category.INVALID_REQUEST,
          "containers cannot reach the controller at "
              + url
              + "; set controller.agents.bind_host and controller.agents.url"
              + (settings.address().local() ? " (or providers.docker.network: host)" : ""));
    }
    return url;
  }

  private void files(OutputStream out, CreateSpec spec, AgentBoot boot) throws IOException {
    TarWriter tar = new TarWriter(out);
    tar.folder("fleetserve", 0755);
    tar.folder("fleetserve/replica", 0700);
    tar.folder("fleetserve/replica/work", 0755);
    byte[] json = Json.MAPPER.writeValueAsString(boot).getBytes(StandardCharsets.UTF_8);
    tar.file("fleetserve/replica/boot.json", 0600, json);
    if (!settings.address().local()) {
      for (String source : sources(spec.boot().task())) {
        parents(tar, Path.of(source));
        tar.tree(source.substring(1), Path.of(source));
      }
    }
    tar.end();
  }

  private static void parents(TarWriter tar, Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null && parent.getNameCount() > 0) {
      parents(tar, parent);
      tar.folder(parent.toString().substring(1), 0755);
    }
  }
}
