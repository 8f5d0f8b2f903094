package io.fleetserve.provider.docker;

import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// Credentials for the registry that an image comes from. Immutable.
record RegistryLogin(Map<String, DockerSettings.Registry> registries) {
  private static final String HUB = "docker.io";

  RegistryLogin {
    registries = Map.copyOf(registries);
  }

  /// The registry's host: the part before the first slash when it looks like one, else Docker Hub.
  static String host(String image) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
    return isHost ? first : HUB;
  }

  /// Value of `X-Registry-Auth`; empty when there are no credentials for the image's registry.
  ///
  /// @throws IOException when the password cannot be read
  Optional<String> header(String image) throws IOException {
    String host = host(image);
    DockerSettings.Registry registry = registries.get(host);
    if (registry == null) {
      return Optional.empty();
    }
    String json =
        Json.MAPPER
            .createObjectNode()
            .put("username", registry.username())
            .put("password", Files.readString(Path.of(registry.passwordFile())).strip())
            .put("serveraddress", host)
            .toString();
    return Optional.of(
        Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)));
  }
}
