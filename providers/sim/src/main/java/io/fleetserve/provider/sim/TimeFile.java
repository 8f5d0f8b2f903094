package io.fleetserve.provider.sim;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.sim.cloud.CloudTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// The file that keeps the cloud's time going over restarts. Another speed changes its pace and
/// nothing else; without the file, or with a broken one, the cloud begins anew.
record TimeFile(Path file) {
  static TimeFile in(Path home) {
    return new TimeFile(home.resolve("cloud.json"));
  }

  CloudTime at(SimSettings settings, Instant now) throws IOException {
    CloudTime known =
        read().orElseGet(() -> new CloudTime(now, settings.startMillis(), settings.speed()));
    CloudTime time = known.at(settings.speed(), now);
    WholeFile.replace(file, Json.MAPPER.writeValueAsBytes(time));
    return time;
  }

  private Optional<CloudTime> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.MAPPER.readValue(Files.readAllBytes(file), CloudTime.class));
    } catch (JacksonException | IllegalArgumentException broken) {
      return Optional.empty();
    }
  }
}
