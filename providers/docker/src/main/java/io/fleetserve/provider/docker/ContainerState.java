package io.fleetserve.provider.docker;

import io.fleetserve.provider.Instance;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import tools.jackson.databind.JsonNode;

/// What the engine says of a container's life. Total: an unseen word is UNKNOWN. Pure.
///
/// @param status the engine's word
/// @param outOfMemory the kernel killed in it for lack of memory
/// @param memoryBytes limit; 0 means none
/// @param error of the last start; empty when there was none
record ContainerState(
    String status, int exitCode, boolean outOfMemory, long memoryBytes, String error) {
  private static final double MIB = 1 << 20;

  /// @param container as `GET /containers/{name}/json` gives it
  static ContainerState of(JsonNode container) {
    JsonNode state = container.path("State");
    return new ContainerState(
        state.path("Status").asString(""),
        state.path("ExitCode").asInt(0),
        state.path("OOMKilled").asBoolean(false),
        container.path("HostConfig").path("Memory").asLong(0),
        state.path("Error").asString(""));
  }

  static Instant created(JsonNode container, Instant otherwise) {
    try {
      return Instant.parse(container.path("Created").asString(""));
    } catch (DateTimeParseException e) {
      return otherwise;
    }
  }

  /// @param beingMade a call of ours is still busy with it
  Instance.State instance(boolean beingMade) {
    return switch (status) {
      case "created" -> beingMade ? Instance.State.PENDING : Instance.State.FAILED;
      case "running", "paused", "restarting" -> Instance.State.RUNNING;
      case "removing" -> Instance.State.STOPPING;
      // The agent exits with 0 when everything of its replica was ended.
      case "exited" -> exitCode == 0 ? Instance.State.TERMINATED : Instance.State.FAILED;
      case "dead" -> Instance.State.FAILED;
      default -> Instance.State.UNKNOWN;
    };
  }

  /// Why it failed; a crash and a kill for lack of memory read differently.
  ///
  /// @param lastWords of the container; empty when it said nothing
  ProviderError failure(String name, String lastWords) {
    String said = lastWords.isEmpty() ? "" : ": " + lastWords;
    if (outOfMemory) {
      return EngineErrors.error(
          Category.INVALID_REQUEST,
          "%s: killed for lack of memory%s; raise resources.memory%s"
              .formatted(
                  name,
                  memoryBytes > 0 ? ", its limit is " + Math.round(memoryBytes / MIB) + " MiB" : "",
                  said));
    }
    String how =
        switch (status) {
          case "created" -> "was made and never started" + (error.isEmpty() ? "" : ": " + error);
          case "dead" -> "the engine could not remove it" + (error.isEmpty() ? "" : ": " + error);
          default ->
              exitCode > 128
                  ? "the replica's agent was killed by signal " + (exitCode - 128)
                  : "the replica's agent ended with exit code " + exitCode;
        };
    return EngineErrors.error(Category.TRANSIENT, name + ": " + how + said);
  }

  String raw() {
    return status.equals("exited")
        ? "exited (" + exitCode + ")" + (outOfMemory ? ", out of memory" : "")
        : status;
  }
}
