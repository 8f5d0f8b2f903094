package io.fleetserve.examples.tinyllm;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// Counters in the Prometheus text format, under the names llama-server uses. Thread-safe.
final class ServerMetrics {
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder predictedTokens = new LongAdder();
  private final LongAdder predictedNanos = new LongAdder();

  void generated(int prompt, int predicted, Duration took) {
    promptTokens.add(prompt);
    predictedTokens.add(predicted);
    predictedNanos.add(took.toNanos());
  }

  /// @param processing requests being answered
  /// @param deferred requests waiting for a slot
  String render(int processing, int deferred) {
    double seconds = predictedNanos.sum() / 1e9;
    StringBuilder text = new StringBuilder();
    add(text, "prompt_tokens_total", "counter", "Prompt tokens processed.", promptTokens.sum());
    add(text, "tokens_predicted_total", "counter", "Tokens generated.", predictedTokens.sum());
    add(
        text,
        "tokens_predicted_seconds_total",
        "counter",
        "Time spent on answers, summed over slots.",
        seconds);
    add(text, "requests_processing", "gauge", "Requests being answered.", processing);
    add(text, "requests_deferred", "gauge", "Requests waiting for a slot.", deferred);
    return text.toString();
  }

  private static void add(StringBuilder text, String name, String type, String help, Number value) {
    String full = "llamacpp:" + name;
    text.append("# HELP ").append(full).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(full).append(' ').append(type).append('\n');
    text.append(full).append(' ').append(value).append('\n');
  }
}
