package io.fleetserve.provider.docker;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// How far a pull is, from what the engine says of each layer. Thread-safe.
final class ImagePull {
  private static final double MB = 1e6;

  private final String image;
  private final Map<String, Long> done = new HashMap<>();
  private final Map<String, Long> totals = new HashMap<>();
  private volatile boolean cancelled;

  ImagePull(String image) {
    this.image = image;
  }

  /// Takes one line of the engine's; throws when the pull is not wanted any more.
  synchronized void progress(JsonNode line) {
    if (cancelled) {
      throw new EngineException(0, "the pull was cancelled");
    }
    String layer = line.path("id").asString("");
    String status = line.path("status").asString("");
    JsonNode detail = line.path("progressDetail");
    if (status.equals("Downloading") && detail.path("total").asLong(0) > 0) {
      totals.put(layer, detail.path("total").asLong(0));
      done.put(layer, detail.path("current").asLong(0));
    } else if (totals.containsKey(layer) && !status.equals("Downloading")) {
      done.put(layer, totals.getOrDefault(layer, 0L)); // verifying, extracting, complete
    }
  }

  void cancel() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }

  /// For example `pulling vllm/vllm-openai:v0.6: 120 of 4100 MB`.
  @Override
  public synchronized String toString() {
    long total = totals.values().stream().mapToLong(Long::longValue).sum();
    long now = done.values().stream().mapToLong(Long::longValue).sum();
    return total == 0
        ? "pulling " + image
        : String.format(Locale.ROOT, "pulling %s: %.0f of %.0f MB", image, now / MB, total / MB);
  }
}
