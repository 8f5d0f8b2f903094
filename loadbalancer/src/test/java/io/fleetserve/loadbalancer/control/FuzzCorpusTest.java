package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.http.ChunksFuzz;
import io.fleetserve.loadbalancer.http.RequestFuzz;
import io.fleetserve.loadbalancer.http.ResponseFuzz;
import io.fleetserve.loadbalancer.http2.FieldsFuzz;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs every fuzz target over its kept inputs, `src/test/resources/fuzz`, and over damaged copies
/// of them. The fuzzer itself, which finds such inputs, runs with `-Pnightly`.
final class FuzzCorpusTest {
  private static final int DAMAGED = 20;

  /// A fuzz target.
  @FunctionalInterface
  private interface Target {
    void on(byte[] input) throws IOException;
  }

  private static final Map<String, Target> TARGETS =
      Map.of(
          "request", RequestFuzz::fuzzerTestOneInput,
          "response", ResponseFuzz::fuzzerTestOneInput,
          "chunks", ChunksFuzz::fuzzerTestOneInput,
          "fields", FieldsFuzz::fuzzerTestOneInput,
          "events", EventsFuzz::fuzzerTestOneInput);

  @ParameterizedTest
  @ValueSource(strings = {"request", "response", "chunks", "fields", "events"})
  void keptInputsPass(String name) throws Exception {
    Target target = Objects.requireNonNull(TARGETS.get(name));
    URI folder = Objects.requireNonNull(getClass().getResource("/fuzz/" + name)).toURI();
    List<Path> inputs;
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      inputs = files.sorted().toList();
    }
    SplittableRandom random = new SplittableRandom(3);
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      run(target, bytes, input.toString());
      for (int i = 0; i < DAMAGED && bytes.length > 0; i++) {
        byte[] damaged = bytes.clone();
        int at = random.nextInt(damaged.length);
        damaged[at] = (byte) random.nextInt(256);
        run(target, damaged, input + " with byte " + at + " = " + damaged[at]);
      }
    }

    assertThat(inputs).isNotEmpty();
  }

  private static void run(Target target, byte[] input, String description) throws IOException {
    try {
      target.on(input);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(description, e);
    }
  }
}
