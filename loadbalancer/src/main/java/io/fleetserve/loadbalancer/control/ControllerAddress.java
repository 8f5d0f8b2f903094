package io.fleetserve.loadbalancer.control;

import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Where the controller is and with which token it is spoken to: read anew for each connection,
/// because a controller may come back elsewhere. Immutable.
///
/// @param base base URL without a slash at the end
public record ControllerAddress(URI base, String token) {

  /// @throws IOException when a file is missing or is not what it should be
  static ControllerAddress read(Path infoFile, Path tokenFile) throws IOException {
    try {
      ControllerInfo info = info(infoFile);
      return new ControllerAddress(
          URI.create(info.url().replaceAll("/+$", "")), Files.readString(tokenFile).strip());
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IOException("no controller address in " + infoFile, e);
    }
  }

  private static ControllerInfo info(Path file) throws IOException {
    return Json.MAPPER.readValue(Files.readAllBytes(file), ControllerInfo.class);
  }

  /// Where the controller lets agents in that have certificates; null when it does not, or none has
  /// written its address.
  public static @Nullable InetSocketAddress ofAgents(Path infoFile) {
    try {
      String address = info(infoFile).agentsAddress();
      if (address == null) {
        return null;
      }
      URI url = URI.create("https://" + address);
      return new InetSocketAddress(url.getHost(), url.getPort());
    } catch (IOException | JacksonException | IllegalArgumentException none) {
      return null;
    }
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
