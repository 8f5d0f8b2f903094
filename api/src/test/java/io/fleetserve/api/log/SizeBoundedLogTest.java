package io.fleetserve.api.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SizeBoundedLogTest {
  private static final int BOUND = 4096;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("replica.log");
  }

  @Test
  void givesBackWhatWasAppended() throws IOException {
    try (SizeBoundedLog log = new SizeBoundedLog(file(), BOUND)) {
      log.append("one\ntwo\n".getBytes(UTF_8));

      assertThat(log.read(0, 100).bytes()).asString(UTF_8).isEqualTo("one\ntwo\n");
      assertThat(log.read(4, 100).bytes()).asString(UTF_8).isEqualTo("two\n");
      assertThat(log.read(8, 100).bytes()).isEmpty();
      assertThat(log.end()).isEqualTo(8);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void keepsTheNewestBytesWithinTheBoundOverRotationsAndRestarts(long seed) throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    SizeBoundedLog log = new SizeBoundedLog(file(), BOUND);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[random.nextInt(i % 20 == 0 ? 3 * BOUND : 300)];
      random.nextBytes(bytes);
      if (random.nextInt(10) == 0) {
        log.close();
        log = new SizeBoundedLog(file(), BOUND);
      }

      assertThat(log.append(bytes)).isEqualTo(bytes.length);

      all.writeBytes(bytes);
      assertThat(log.end()).as("seed %s", seed).isEqualTo(all.size());
      assertThat(size("replica.log") + size("replica.log.1")).isLessThanOrEqualTo(BOUND);
      assertThat(log.end() - log.start()).isGreaterThanOrEqualTo(Math.min(all.size(), BOUND / 2));
      assertThat(readAll(log))
          .as("seed %s", seed)
          .isEqualTo(Arrays.copyOfRange(all.toByteArray(), (int) log.start(), all.size()));
    }
    log.close();
  }

  @Test
  void offsetSurvivesACrashBetweenRotationAndItsNote() throws IOException {
    try (SizeBoundedLog log = new SizeBoundedLog(file(), BOUND)) {
      log.append(new byte[3 * BOUND]);
    }
    byte[] note = Files.readAllBytes(folder.resolve("replica.log.at"));
    try (SizeBoundedLog log = new SizeBoundedLog(file(), BOUND)) {
      log.append(new byte[BOUND / 4]);
    }
    Files.write(folder.resolve("replica.log.at"), note);

    try (SizeBoundedLog log = new SizeBoundedLog(file(), BOUND)) {
      assertThat(log.end()).isEqualTo(3 * BOUND + BOUND / 4);
    }
  }

  @Test
  void tailGivesTheLastLinesEvenAcrossTheParts() throws IOException {
    try (SizeBoundedLog log = new SizeBoundedLog(file(), BOUND)) {
      for (int i = 0; i < 1000; i++) {
        log.append(("line " + i + "\n").getBytes(UTF_8));
      }

      assertThat(log.tail(3)).containsExactly("line 997", "line 998", "line 999");
      assertThat(log.tail(0)).isEmpty();
      assertThat(log.tail(300)).hasSize(300).startsWith("line 700");
      assertThat(log.lastLines(Integer.MAX_VALUE)).isEqualTo(log.start());

      log.append("unfinished".getBytes(UTF_8));
      assertThat(log.tail(2)).containsExactly("line 999", "unfinished");
    }
  }

  @Test
  void dropsAndCountsWhatCannotBeWrittenAndGoesOnWhenItCan() throws IOException {
    Path gone = folder.resolve("gone");
    try (SizeBoundedLog log = new SizeBoundedLog(gone.resolve("x.log"), BOUND)) {
      assertThat(log.append(new byte[10])).isZero();
      assertThat(log.dropped()).isEqualTo(10);

      Files.createDirectories(gone);

      assertThat(log.append(new byte[5])).isEqualTo(5);
      assertThat(log.dropped()).isEqualTo(10);
      assertThat(log.end()).isEqualTo(5);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void fullDiskTakesNothingAndThrowsNothing() {
    try (SizeBoundedLog log = new SizeBoundedLog(Path.of("/dev/full"), BOUND)) {
      assertThat(log.append(new byte[10])).isZero();
      assertThat(log.append(new byte[10])).isZero();

      assertThat(log.dropped()).isEqualTo(20);
      assertThat(log.end()).isZero();
    }
  }

  @Test
  void waitingReaderWakesWhenBytesArrive() throws Exception {
    try (SizeBoundedLog log = new SizeBoundedLog(file(), BOUND)) {
      CompletableFuture<Boolean> waiting =
          CompletableFuture.supplyAsync(() -> {
            try {
              return log.await(0, Duration.ofSeconds(30));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });

      log.append(new byte[] {1});

      assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(log.await(1, Duration.ofMillis(1))).isFalse();
    }
  }

  @Test
  void closeEndsWaitingAndAppending() throws Exception {
    SizeBoundedLog log = new SizeBoundedLog(file(), BOUND);
    log.close();

    assertThat(log.await(0, Duration.ofSeconds(30))).isFalse();
    assertThat(log.append(new byte[3])).isZero();
  }

  private static byte[] readAll(SizeBoundedLog log) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    long at = log.start();
    while (at < log.end()) {
      SizeBoundedLog.Chunk chunk = log.read(at, 700);
      read.writeBytes(chunk.bytes());
      at = chunk.end();
    }
    return read.toByteArray();
  }

  private long size(String name) throws IOException {
    Path path = folder.resolve(name);
    return Files.exists(path) ? Files.size(path) : 0;
  }
}
