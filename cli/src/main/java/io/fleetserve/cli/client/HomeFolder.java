package io.fleetserve.cli.client;

import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.LoadBalancerBoot;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The state folder as the command line sees it. Reading never fails: what is unreadable is absent.
///
/// @param path absolute
public record HomeFolder(Path path) {

  /// Whether a controller ever stored something here; if not there is nothing to ask one for.
  public boolean isUsed() {
    return Files.exists(path.resolve("controller.db"));
  }

  Path controllerOut() {
    return path.resolve("logs/controller.out");
  }

  Path startLock() {
    return path.resolve("run/start.lock");
  }

  String token() throws IOException {
    return Files.readString(path.resolve("token")).strip();
  }

  /// The controller that wrote its address here, if its process is alive.
  Optional<ControllerInfo> controller(JsonMapper json) {
    return read(json, "run/controller.json", ControllerInfo.class)
        .filter(info -> LiveProcess.is(info.pid(), info.processStartMillis()));
  }

  /// The load balancer, if its process is alive.
  public Optional<LoadBalancerBoot.Presence> loadBalancer(JsonMapper json) {
    return read(json, "lb/lb-1/loadbalancer.json", LoadBalancerBoot.Presence.class)
        .filter(presence -> LiveProcess.is(presence.pid(), presence.processStartMillis()));
  }

  private <T> Optional<T> read(JsonMapper json, String file, Class<T> type) {
    try {
      return Optional.of(json.readValue(Files.readAllBytes(path.resolve(file)), type));
    } catch (IOException | JacksonException absent) {
      return Optional.empty();
    }
  }

  /// Makes the folders a controller's start needs, for the owner only.
  ///
  /// @throws CommandFailure that names the folder and the cause
  void create() {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    for (Path folder : new Path[] {path, path.resolve("run"), path.resolve("logs")}) {
      try {
        Files.createDirectories(folder, ownerOnly);
      } catch (IOException e) {
        throw unusable(e);
      }
    }
  }

  /// The failure of a home that cannot be written.
  CommandFailure unusable(IOException cause) {
    return CommandFailure.failed(
        "The state folder " + path + " cannot be used: " + reason(cause),
        "Set FLEETSERVE_HOME to a folder that can be written.");
  }

  private static String reason(IOException cause) {
    if (cause instanceof FileSystemException detailed && detailed.getReason() != null) {
      return detailed.getReason() + " (" + detailed.getFile() + ")";
    }
    return String.valueOf(cause.getMessage());
  }
}
