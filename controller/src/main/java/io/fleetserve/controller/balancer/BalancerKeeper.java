package io.fleetserve.controller.balancer;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.home.OwnerOnlyFiles;
import io.fleetserve.controller.identity.TunnelDoor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// Starts the load balancer's supervisor script when neither it nor the load balancer lives, in a
/// session of its own, and looks again each second. The script restarts a load balancer that
/// crashes, so that works without a controller, too. Thread-safe.
public final class BalancerKeeper {
  public static final String ID = "lb-1";

  private static final long START_SLACK_MILLIS = 5_000;
  private static final Logger LOG = LoggerFactory.getLogger(BalancerKeeper.class);
  private static final Duration STOP_WAIT = Duration.ofSeconds(8);
  private static final Duration START_WAIT = Duration.ofSeconds(5);
  private static final Duration REPLACE_WAIT = Duration.ofSeconds(45);
  private static final String LEAVING = "leaving-";

  private final HomeFolder home;
  private final ControllerConfig config;
  private final @Nullable TunnelDoor tunnels;
  private final Path script;
  private final Consumer<Event> listener;
  private boolean wasAlive;
  private boolean stopped;
  private boolean uncertified;
  private long startedNanos = System.nanoTime() - START_WAIT.toNanos();

  /// What happened to the load balancer.
  public enum Event {
    STARTED,
    LOST
  }

  /// @param tunnels where agents dial in; null means nowhere
  /// @param script the supervisor, `bin/fleetserve-loadbalancer` of the distribution
  public BalancerKeeper(
      HomeFolder home,
      ControllerConfig config,
      @Nullable TunnelDoor tunnels,
      Path script,
      Consumer<Event> listener) {
    this.home = home;
    this.config = config;
    this.tunnels = tunnels;
    this.script = script;
    this.listener = listener;
  }

  /// Looks once, and starts what is missing.
  public synchronized void check() {
    if (stopped) {
      return;
    }
    renewCertificate();
    Optional<LoadBalancerBoot.Presence> balancer = presence();
    boolean alive = balancer.isPresent();
    if (alive != wasAlive) {
      wasAlive = alive;
      listener.accept(alive ? Event.STARTED : Event.LOST);
    }
    if (!alive && !isStarting()) {
      start(List.of());
    }
  }

  private void renewCertificate() {
    TunnelDoor door = tunnels;
    if (door == null) {
      return;
    }
    try {
      door.renew();
      uncertified = false;
    } catch (IOException e) {
      if (!uncertified) {
        LOG.atWarn()
            .addKeyValue(LogKeys.PATH, door.rule().certFile())
            .setCause(e)
            .log("certificate of the load balancer cannot be written");
      }
      uncertified = true;
    }
  }

  /// Whether one that does not serve yet is on its way.
  private boolean isStarting() {
    return System.nanoTime() - startedNanos < START_WAIT.toNanos() || supervisor() != 0;
  }

  /// What the living load balancer says about itself; empty when none lives.
  public Optional<LoadBalancerBoot.Presence> presence() {
    return read(home.loadBalancer().resolve("loadbalancer.json"))
        .filter(found ->
            LinuxProcess.aliveSince(found.pid(), found.processStartMillis(), START_SLACK_MILLIS));
  }

  private static Optional<LoadBalancerBoot.Presence> read(Path file) {
    try {
      return Optional.of(
          Json.MAPPER.readValue(Files.readAllBytes(file), LoadBalancerBoot.Presence.class));
    } catch (IOException | JacksonException notThere) {
      return Optional.empty();
    }
  }

  /// Pid of the living supervisor; 0 when none lives.
  private long supervisor() {
    try {
      long pid =
          Long.parseLong(Files.readString(home.loadBalancer().resolve("supervisor.pid")).strip());
      return LinuxProcess.of(pid)
          .filter(LinuxProcess::alive)
          .filter(process -> process.commandLine().contains(bootFile().toString()))
          .map(LinuxProcess::pid)
          .orElse(0L);
    } catch (IOException | NumberFormatException notThere) {
      return 0;
    }
  }

  private Path bootFile() {
    return home.loadBalancer().resolve("boot.json");
  }

  /// Starts a new load balancer of this distribution, with the settings of this controller, that
  /// takes over from the running one without losing a request; starts one if none runs. Waits until
  /// it serves.
  ///
  /// @return empty when it serves, else why not: then the old one serves on
  public synchronized Optional<String> replace() throws InterruptedException {
    if (stopped) {
      return Optional.of("the controller is stopping");
    }
    long before = presence().map(LoadBalancerBoot.Presence::pid).orElse(0L);
    Process process = null; // one that is on its way is new enough
    if (before != 0 || !isStarting()) {
      process = start(before == 0 ? List.of() : List.of("--replace")).orElse(null);
      if (process == null) {
        return Optional.of(script + " does not start");
      }
    }
    long end = System.nanoTime() + REPLACE_WAIT.toNanos();
    while (presence().map(LoadBalancerBoot.Presence::pid).orElse(before) == before) {
      boolean ended = process != null && !process.isAlive();
      if (ended || System.nanoTime() > end) {
        if (process != null) {
          // What lives on of it must not take over when nobody waits for it any more.
          process.destroy();
        }
        return Optional.of("it did not take over; see " + home.loadBalancerOutput());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return Optional.empty();
  }

  private Optional<Process> start(List<String> options) {
    startedNanos = System.nanoTime();
    try {
      OwnerOnlyFiles.replace(bootFile(), Json.MAPPER.writeValueAsString(boot()));
      Path output = home.loadBalancerOutput();
      OwnerOnlyFiles.createFile(output);
      List<String> command = new ArrayList<>(List.of("setsid", script.toString()));
      command.addAll(options);
      command.add(bootFile().toString());
      Process process =
          new ProcessBuilder(command)
              .directory(home.loadBalancer().toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      LOG.atInfo().addKeyValue(LogKeys.PID, process.pid()).log("load balancer starts");
      return Optional.of(process);
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue(LogKeys.PATH, script)
          .setCause(e)
          .log("load balancer does not start");
      return Optional.empty();
    }
  }

  private LoadBalancerBoot boot() {
    return new LoadBalancerBoot(
        ID,
        home.loadBalancer().toString(),
        home.controllerInfo().toString(),
        home.loadBalancerToken().toString(),
        config.loadBalancer().bindHost(),
        config.loadBalancer().sharedPort(),
        config.loadBalancer().adminPort(),
        config.loadBalancer().transport(),
        home.accessLog().toString(),
        config.logs().accessBytes(),
        config.loadBalancer().options(),
        tunnels == null ? null : tunnels.rule());
  }

  /// Ends the load balancer and its supervisor, the gentle way first, and waits for their end.
  public synchronized void stop() throws InterruptedException {
    stopped = true;
    @Nullable ProcessHandle supervisor = ProcessHandle.of(supervisor()).orElse(null);
    @Nullable ProcessHandle balancer =
        presence().flatMap(found -> ProcessHandle.of(found.pid())).orElse(null);
    if (supervisor != null) {
      supervisor.destroy();
    } else if (balancer != null) {
      balancer.destroy();
    }
    leaving().forEach(ProcessHandle::destroy);
    long end = System.nanoTime() + STOP_WAIT.toNanos();
    BooleanSupplier gone = () -> supervisor() == 0 && presence().isEmpty() && leaving().isEmpty();
    while (!gone.getAsBoolean() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    if (!gone.getAsBoolean()) {
      LOG.atWarn().log("load balancer does not end, killing it");
      kill(supervisor);
      kill(balancer);
      leaving().forEach(ProcessHandle::destroyForcibly);
    }
  }

  /// Living processes that were replaced and still finish requests: each has a file `leaving-PID`
  /// with the time of its start in epoch milliseconds.
  private List<ProcessHandle> leaving() {
    try (Stream<Path> files = Files.list(home.loadBalancer())) {
      return files.map(BalancerKeeper::leaving).flatMap(Optional::stream).toList();
    } catch (IOException notThere) {
      return List.of();
    }
  }

  private static Optional<ProcessHandle> leaving(Path file) {
    String name = file.getFileName().toString();
    if (!name.startsWith(LEAVING)) {
      return Optional.empty();
    }
    try {
      long pid = Long.parseLong(name.substring(LEAVING.length()));
      long start = Long.parseLong(Files.readString(file).strip());
      return LinuxProcess.aliveSince(pid, start, START_SLACK_MILLIS)
          ? ProcessHandle.of(pid)
          : Optional.empty();
    } catch (IOException | NumberFormatException gone) {
      return Optional.empty();
    }
  }

  private static void kill(@Nullable ProcessHandle process) {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
