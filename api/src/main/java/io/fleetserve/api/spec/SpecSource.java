package io.fleetserve.api.spec;

import java.util.Map;

/// A service file as the user gave it, before it is read: what `serve` sends to the controller.
///
/// @param fileName for messages
/// @param yaml the text
/// @param baseFolder absolute folder against which relative `workdir` and `file_mounts` are
///   resolved: where `serve` was called, as SkyServe does
/// @param envs values of `--env` and `--env-file`; win over the file's
/// @param secrets values of `--secret`; win over the file's
public record SpecSource(
    String fileName,
    String yaml,
    String baseFolder,
    Map<String, String> envs,
    Map<String, String> secrets) {
  public SpecSource {
    envs = Map.copyOf(envs);
    secrets = Map.copyOf(secrets);
  }

  @Override
  public String toString() {
    return "SpecSource[" + fileName + "]";
  }
}
