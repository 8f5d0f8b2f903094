package io.fleetserve.controller.balancer;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.home.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

  private final HomeFolder home;
  private final ControllerConfig config;
  private final Path script;
  private final Consumer<Event> listener;
  private boolean wasAlive;
  private boolean stopped;
  private long startedNanos = System.nanoTime() - START_WAIT.toNanos();

  /// What happened to the load balancer.
  public enum Event {
    STARTED,
    LOST
  }

  /// @param script the supervisor, `bin/fleetserve-loadbalancer` of the distribution
  public BalancerKeeper(
      HomeFolder home, ControllerConfig config, Path script, Consumer<Event> listener) {
    this.home = home;
    this.config = config;
    this.script = script;
    this.listener = listener;
  }

  /// Looks once, and starts what is missing.
  public synchronized void check() {
    if (stopped) {
      return;
    }
    Optional<LoadBalancerBoot.Presence> balancer = presence();
    boolean alive = balancer.isPresent();
    if (alive != wasAlive) {
      wasAlive = alive;
      listener.accept(alive ? Event.STARTED : Event.LOST);
    }
    boolean starting = System.nanoTime() - startedNanos < START_WAIT.toNanos();
    if (!alive && !starting && supervisor() == 0) {
      start();
    }
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

  private void start() {
    startedNanos = System.nanoTime();
    try {
      OwnerOnlyFiles.replace(bootFile(), Json.MAPPER.writeValueAsString(boot()));
      Path output = home.loadBalancerOutput();
      OwnerOnlyFiles.createFile(output);
      Process process =
          new ProcessBuilder("setsid", script.toString(), bootFile().toString())
              .directory(home.loadBalancer().toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      LOG.atInfo().addKeyValue(LogKeys.PID, process.pid()).log("load balancer starts");
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue(LogKeys.PATH, script)
          .setCause(e)
          .log("load balancer does not start");
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
        config.logs().accessBytes());
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
    long end = System.nanoTime() + STOP_WAIT.toNanos();
    BooleanSupplier gone = () -> supervisor() == 0 && presence().isEmpty();
    while (!gone.getAsBoolean() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    if (!gone.getAsBoolean()) {
      LOG.atWarn().log("load balancer does not end, killing it");
      kill(supervisor);
      kill(balancer);
    }
  }

  private static void kill(@Nullable ProcessHandle process) {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
