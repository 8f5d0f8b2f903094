package io.fleetserve.provider.docker;

import io.fleetserve.provider.ErrorTable;
import io.fleetserve.provider.ErrorTable.Rule;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.util.List;

/// What an engine's error means for the caller. Pure.
///
/// The engine has few codes, so the text decides, by the first rule with a word in it:
/// authentication before rate, rate before capacity, capacity before what is wrong with the file.
final class EngineErrors {
  private static final ErrorTable TABLE =
      new ErrorTable(
          List.of(
              new Rule(
                  // Of the image's registry: other images may be had.
                  Category.INVALID_REQUEST,
                  "give username and password_file in providers.docker.registries",
                  List.of("unauthorized", "authentication required", "access denied", "denied:")),
              new Rule(
                  Category.RATE_LIMITED,
                  "wait, or give credentials in providers.docker.registries",
                  List.of("toomanyrequests", "too many requests", "rate limit")),
              new Rule(
                  Category.CAPACITY_UNAVAILABLE,
                  "free space on the engine's disk",
                  List.of("no space left on device", "disk quota exceeded")),
              new Rule(
                  Category.CAPACITY_UNAVAILABLE,
                  "install the NVIDIA container toolkit there, or ask for no accelerators",
                  List.of(
                      "could not select device driver",
                      "unknown or invalid device",
                      "nvidia-container")),
              new Rule(
                  Category.TRANSIENT,
                  "the next attempt takes another port",
                  List.of("port is already allocated", "address already in use")),
              new Rule(
                  Category.TRANSIENT,
                  "check that the engine's machine reaches the registry",
                  List.of(
                      "no such host",
                      "connection refused",
                      "i/o timeout",
                      "tls handshake timeout",
                      "connection reset",
                      "unexpected eof",
                      "server misbehaving",
                      "context deadline exceeded")),
              new Rule(
                  Category.INVALID_REQUEST,
                  "check image_id",
                  List.of(
                      "manifest unknown",
                      "manifest for",
                      "repository does not exist",
                      "no such image",
                      "name unknown",
                      "invalid reference format",
                      "no matching manifest")),
              new Rule(
                  Category.INVALID_REQUEST,
                  "the image has to hold what the replica needs: bash and setsid",
                  List.of(
                      "executable file not found",
                      "exec format error",
                      "no such file or directory"))));

  private EngineErrors() {}

  /// @param what was tried, for example `pull vllm/vllm-openai:latest`
  static ProviderError of(EngineException error, String what) {
    String line = ErrorTable.oneLine(error.text(), " ");
    String text = what + ": " + line;
    return TABLE
        .rule(line)
        .map(rule -> error(rule.category(), rule.explain(text)))
        .orElseGet(() -> error(byStatus(error.status()), text));
  }

  private static Category byStatus(int status) {
    return switch (status) {
      case 401, 403 -> Category.AUTH_FAILED;
      case 429 -> Category.RATE_LIMITED;
      default -> status / 100 == 4 ? Category.INVALID_REQUEST : Category.TRANSIENT;
    };
  }

  static ProviderError error(Category category, String message) {
    return new ProviderError(category, null, null, DockerProvider.NAME + ": " + message);
  }
}
