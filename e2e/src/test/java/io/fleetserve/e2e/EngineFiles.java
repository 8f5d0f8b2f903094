package io.fleetserve.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What a Docker engine has made, read from its own folder, since its API would be too slow for a
/// look each millisecond.
///
/// @param data the engine's `data-root`
record EngineFiles(Path data) {

  boolean hasVolumes() {
    return CrashPlace.children(data.resolve("volumes")).stream()
        .anyMatch(volume -> !CrashPlace.children(volume.resolve("_data")).isEmpty());
  }

  boolean isMade(String attempt) {
    return container(attempt).isPresent();
  }

  boolean runs(String attempt) {
    return container(attempt)
        .filter(folder -> CrashPlace.contains(folder.resolve("config.v2.json"), "\"Running\":true"))
        .isPresent();
  }

  /// Whether the container has written a file into its replica's folder, or was given it.
  boolean has(String attempt, String file) {
    return container(attempt)
        .flatMap(folder -> layer(String.valueOf(folder.getFileName())))
        .filter(layer -> Files.exists(layer.resolve("diff/fleetserve/replica").resolve(file)))
        .isPresent();
  }

  private Optional<Path> container(String attempt) {
    return CrashPlace.children(data.resolve("containers")).stream()
        .filter(folder ->
            CrashPlace.contains(
                folder.resolve("config.v2.json"), "\"Name\":\"/fleetserve-" + attempt + "\""))
        .findFirst();
  }

  private Optional<Path> layer(String container) {
    Path mount = data.resolve("image/overlay2/layerdb/mounts").resolve(container);
    try {
      String layer = Files.readString(mount.resolve("mount-id"));
      return Optional.of(data.resolve("overlay2").resolve(layer.strip()));
    } catch (IOException none) {
      return Optional.empty();
    }
  }
}
