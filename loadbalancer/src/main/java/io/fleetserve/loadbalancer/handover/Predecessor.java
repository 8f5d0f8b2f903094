package io.fleetserve.loadbalancer.handover;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot.Presence;
import io.fleetserve.loadbalancer.control.ControlConnection;
import io.fleetserve.loadbalancer.control.ControllerAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// The process that serves now, as its successor sees it: spoken to on its admin port, with the
/// load balancer's token.
///
/// ```
///   successor                       predecessor
///     share   ---------------------->  lets its ports be opened; says which
///     opens them, takes all new connections, has the endpoints
///     leave   ---------------------->  tells the controller, closes its admin port and its ports,
///     opens the admin port             finishes its requests, ends with exit code 0
/// ```
///
/// If the successor fails before `leave`, nothing has happened. Confined to one thread.
public final class Predecessor {
  private static final long START_SLACK_MILLIS = 5_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Presence presence;
  private final String token;

  private Predecessor(Presence presence, String token) {
    this.presence = presence;
    this.token = token;
  }

  /// The living process whose `loadbalancer.json` lies in the folder; empty when none lives.
  ///
  /// @throws HandoverRefused when the token cannot be read
  public static Optional<Predecessor> find(Path folder, Path tokenFile) {
    Presence found;
    try {
      found =
          Json.MAPPER.readValue(
              Files.readAllBytes(folder.resolve("loadbalancer.json")), Presence.class);
    } catch (IOException | JacksonException none) {
      return Optional.empty();
    }
    if (found.pid() == ProcessHandle.current().pid()
        || !LinuxProcess.aliveSince(found.pid(), found.processStartMillis(), START_SLACK_MILLIS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Predecessor(found, Files.readString(tokenFile).strip()));
    } catch (IOException e) {
      throw new HandoverRefused("token cannot be read: " + tokenFile, e);
    }
  }

  public long pid() {
    return presence.pid();
  }

  /// Its admin port; 0 when it has none.
  public int adminPort() {
    return presence.adminUrl().isEmpty() ? 0 : URI.create(presence.adminUrl()).getPort();
  }

  /// Asks it to let its ports be opened by this process, too.
  ///
  /// @throws HandoverRefused when it does not
  public Shared share() {
    return Json.MAPPER.readValue(post("/handover/share"), Shared.class);
  }

  /// Tells it that every new connection comes here now.
  ///
  /// @throws HandoverRefused when it does not answer
  public void leave() {
    post("/handover/leave");
  }

  private byte[] post(String path) {
    if (presence.adminUrl().isEmpty()) {
      throw new HandoverRefused("the running process (pid " + pid() + ") has no admin port now");
    }
    ControllerAddress address = new ControllerAddress(URI.create(presence.adminUrl()), token);
    try (ControlConnection connection = ControlConnection.open(address)) {
      ControlConnection.Answer answer = connection.request("POST", path, new byte[0], PATIENCE);
      byte[] body = answer.body().readAllBytes();
      if (answer.status() != 200) {
        throw new HandoverRefused(
            "the running process (pid " + pid() + ") refuses: " + answer.status());
      }
      return body;
    } catch (IOException e) {
      throw new HandoverRefused("the running process (pid " + pid() + ") does not answer", e);
    }
  }
}
