package io.fleetserve.cli.client;

import io.fleetserve.api.wire.ControllerInfo;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Finds the controller of a home, and starts one when a command needs it. Confined to one thread.
public final class ControllerAccess {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private final HomeFolder home;
  private final Path distribution;
  private final JsonMapper json;
  private boolean started;

  /// Nothing is looked for before the first call.
  ///
  /// @param distribution root of the distribution whose controller is started
  public ControllerAccess(HomeFolder home, Path distribution, JsonMapper json) {
    this.home = home;
    this.distribution = distribution;
    this.json = json;
  }

  public HomeFolder home() {
    return home;
  }

  public JsonMapper json() {
    return json;
  }

  /// Whether this command started the controller.
  public boolean hasStarted() {
    return started;
  }

  /// A client of the controller that runs; empty when none does.
  ///
  /// @throws CommandFailure when one runs and does not answer
  public Optional<ControllerClient> find() {
    long end = System.nanoTime() + ANSWER_LIMIT.toNanos();
    while (true) {
      Optional<ControllerInfo> info = home.controller(json);
      if (info.isEmpty()) {
        return Optional.empty();
      }
      try {
        ControllerClient client = new ControllerClient(info.get().url(), home.token(), json);
        client.health();
        return Optional.of(client);
      } catch (ControllerGone | IOException | JacksonException e) {
        // Just ending, just starting, stuck, or another program at its port: the next look tells.
        if (System.nanoTime() > end) {
          throw CommandFailure.failed(
              "The controller (pid %d, %s) does not answer: %s"
                  .formatted(info.get().pid(), info.get().url(), e.getMessage()),
              "See " + home.path().resolve("logs/controller.log") + ".");
        }
        LockSupport.parkNanos(50_000_000);
      }
    }
  }

  /// A client of the controller, which is started if none runs. Calls at once from several commands
  /// start one.
  ///
  /// @throws CommandFailure when it cannot be started, with its reason
  public ControllerClient connect() {
    Optional<ControllerClient> running = find();
    if (running.isPresent()) {
      return running.get();
    }
    home.create();
    try (FileChannel lock =
            FileChannel.open(
                home.startLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = lock.lock()) {
      if (!held.isValid()) {
        throw new IOException("lock lost: " + home.startLock());
      }
      running = find();
      return running.isPresent() ? running.get() : start();
    } catch (IOException e) {
      throw home.unusable(e);
    }
  }

  private ControllerClient start() throws IOException {
    ControllerProcess process = ControllerProcess.spawn(home, distribution);
    started = true;
    return process.awaitAnswer(() -> home.controller(json).isPresent() ? find() : Optional.empty());
  }
}
