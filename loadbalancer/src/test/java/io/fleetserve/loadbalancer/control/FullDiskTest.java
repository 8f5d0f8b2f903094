package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk without a free byte costs log lines and the stored snapshot, never a request, and nobody
/// has to do anything when there is room again. Skipped where no file system may be mounted.
final class FullDiskTest {
  private static void mount(Path folder) throws Exception {
    Files.createDirectories(folder);
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Assumptions.assumeTrue(mount.waitFor() == 0, "needs the right to mount a tmpfs");
  }

  private static void fill(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 1 << 20; i++) {
        out.write(new byte[64]);
      }
      throw new AssertionError("disk has no end");
    } catch (IOException full) {
      assertThat(file).exists();
    }
  }

  private static long generation(Path snapshot) throws IOException {
    String inner = Json.MAPPER.readTree(Files.readAllBytes(snapshot)).get("snapshot").asString();
    return Json.MAPPER.readTree(inner).get("generation").asLong();
  }

  private static double dropped(Standing standing) throws IOException {
    return standing
        .get(standing.balancer.adminUrl() + "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("fleetserve_lb_access_log_dropped_bytes_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void fullDiskCostsNoRequestAndHeals(@TempDir Path temp) throws Exception {
    Path folder = temp.resolve("lb");
    mount(folder);
    Path ballast = folder.resolve("ballast");
    try {
      fill(ballast);
      try (Standing standing = new Standing(folder, 0, 0)) {
        String service = "http://127.0.0.1:" + standing.port + "/";
        Path presence = folder.resolve("loadbalancer.json");
        Path snapshot = folder.resolve("snapshot.json");
        for (int i = 0; i < 200; i++) {
          assertThat(standing.get(service + i).statusCode()).isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> dropped(standing) > 0);
        assertThat(presence).doesNotExist();
        assertThat(snapshot).doesNotExist();

        Files.delete(ballast);
        standing.controller.send("heartbeat", "");

        await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(presence));
        await().until(() -> Files.exists(snapshot) && generation(snapshot) == 1);
        assertThat(standing.get(service + "healed").statusCode()).isEqualTo(200);
        Path log = folder.resolve("access.log");
        await().until(() -> Files.exists(log) && Files.readString(log).contains("\"/healed\""));
        assertThat(Files.readAllLines(log))
            .allSatisfy(line -> assertThat(Json.MAPPER.readTree(line).has("outcome")).isTrue());

        // What is there is the old one or the new one, whole, when the disk is full again.
        fill(ballast);
        standing.route(2);
        await().until(() -> standing.controller.reports.getLast().generationApplied() == 2);
        assertThat(standing.get(service).statusCode()).isEqualTo(200);
        assertThat(generation(snapshot)).isBetween(1L, 2L);
      }
    } finally {
      new ProcessBuilder("umount", "-l", folder.toString()).start().waitFor();
    }
  }
}
