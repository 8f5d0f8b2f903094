package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.http.ChunksFuzz;
import io.fleetserve.loadbalancer.http.RequestFuzz;
import io.fleetserve.loadbalancer.http.ResponseFuzz;
import io.fleetserve.loadbalancer.http2.FieldsFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs every fuzz target over its kept inputs, in `src/test/resources/fuzz` a file each or a line
/// of base64, and over damaged copies of them. The fuzzer itself, which finds such inputs, runs
/// with `-Pnightly`.
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
    Map<String, byte[]> inputs = inputs(name);
    SplittableRandom random = new SplittableRandom(3);
    for (Map.Entry<String, byte[]> input : inputs.entrySet()) {
      byte[] bytes = input.getValue();
      run(target, bytes, input.getKey());
      for (int i = 0; i < DAMAGED && bytes.length > 0; i++) {
        byte[] damaged = bytes.clone();
        int at = random.nextInt(damaged.length);
        damaged[at] = (byte) random.nextInt(256);
        run(target, damaged, input.getKey() + " with byte " + at + " = " + damaged[at]);
      }
    }

    assertThat(inputs).isNotEmpty();
  }

  private static Map<String, byte[]> inputs(String name) throws Exception {
    Map<String, byte[]> inputs = new TreeMap<>();
    Path folder =
        Path.of(Objects.requireNonNull(FuzzCorpusTest.class.getResource("/fuzz/" + name)).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        inputs.put(file.toString(), Files.readAllBytes(file));
      }
    }
    Path found = folder.resolveSibling(name + ".base64");
    if (Files.exists(found)) {
      for (String line : Files.readAllLines(found)) {
        inputs.put(line, Base64.getDecoder().decode(line));
      }
    }
    return inputs;
  }

  private static void run(Target target, byte[] input, String description) throws IOException {
    try {
      target.on(input);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(description, e);
    }
  }
}
