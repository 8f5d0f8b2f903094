package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Wrong files, servers that do not serve, and machines that refuse: each with a clear error.
final class BadInputIT {
  private static final String ONE = "readiness_probe: /\nreplicas: 1\n";
  private static final String SERVER = "exec python3 -m http.server --bind 127.0.0.1 $PORT\n";

  @TempDir Path folder;

  @Test
  void wrongFileIsRefusedWithPlaceValueAndFixBeforeAnythingIsStarted() {
    Fleet fleet = Fleet.create(Services.ROOT, folder);
    String file = Services.of(folder, "bad", "readines_probe: /\nreplicas: -2\n", SERVER);

    Run up = fleet.serve("up", file);

    assertThat(up.exit()).isEqualTo(2);
    assertThat(up.err())
        .contains(file + ":3:3: ", "readines_probe", "readiness_probe")
        .contains(file + ":4:", "-2");
    assertThat(fleet.processes()).isEmpty();
  }

  @Test
  void whatThisVersionCannotRunIsRefusedWithASentence() throws IOException {
    Fleet fleet = Fleet.create(Services.ROOT, folder);
    String file = Services.of(folder, "nodes", ONE, SERVER);
    Files.writeString(Path.of(file), Files.readString(Path.of(file)) + "num_nodes: 2\n");

    Run up = fleet.serve("up", file);

    assertThat(up.exit()).isNotZero();
    assertThat(up.err()).contains("num_nodes", "2");
  }

  @Test
  void runThatExitsIsReportedWithItsCodeAndLastLine() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      Run up =
          fleet.serve("up", Services.of(folder, "exits", ONE, "echo no such weights >&2; exit 7"));

      assertThat(up.exit()).as(up.toString()).isEqualTo(1);
      assertThat(up.out() + up.err()).contains("exited with 7", "no such weights");
      assertThat(fleet.status("exits").get("status").asString()).isEqualTo("FAILED");
    }
  }

  @Test
  void runThatNeverListensFailsAfterItsInitialDelay() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      String section = "readiness_probe: {path: /, initial_delay_seconds: 1}\nreplicas: 1\n";

      Run up = fleet.serve("up", Services.of(folder, "silent", section, "exec sleep 600"));

      assertThat(up.exit()).as(up.toString()).isEqualTo(1);
      assertThat(up.out() + up.err()).contains("FAILED_INITIAL_DELAY");
    }
  }

  @Test
  void runThatListensLateBecomesReady() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.of(folder, "late", ONE, "sleep 2\n" + SERVER));

      assertThat(fleet.status("late").get("status").asString()).isEqualTo("READY");
    }
  }

  @Test
  void serverThatIgnoresSigtermForksAndDetachesIsGoneAfterDown() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      String section = ONE + "drain: {timeout_seconds: 1, grace_seconds: 1}\n";
      fleet.must(
          "up",
          Services.of(
              folder,
              "stubborn",
              section,
              """
              trap '' TERM HUP
              setsid sleep 987 &
              (setsid bash -c 'trap "" TERM; sleep 988; true' &)
              python3 -m http.server --bind 127.0.0.1 $PORT &
              while true; do sleep 1; done
              """));

      Services.downLeavesNothing(fleet, "stubborn");

      assertThat(fleet.processes())
          .noneMatch(process -> process.commandLine().contains("sleep 98"));
    }
  }

  @Test
  void fixedPortInUseIsNamed() throws IOException {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder);
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      Run up =
          fleet.serve(
              "up", Services.of(folder, "taken", ONE + "listen: {port: " + port + "}\n", SERVER));

      assertThat(up.exit()).isNotZero();
      assertThat(up.out() + up.err()).contains(Integer.toString(port), "in use");
    }
  }

  /// Nothing is started then, and the next start may choose another port.
  @Test
  void portOfTheControllerInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Fleet other =
            Fleet.create(
                Services.ROOT, folder, "controller: {port: " + taken.getLocalPort() + "}\n")) {
      Run start = other.serve("controller", "start");

      assertThat(start.exit()).isEqualTo(1);
      assertThat(start.err())
          .contains(
              "cannot listen on 127.0.0.1:" + taken.getLocalPort(), "in use", "free the port");
      assertThat(other.home().resolve("lb/lb-1/loadbalancer.json")).doesNotExist();
      assertThat(other.home().resolve("run/controller.json")).doesNotExist();
      configure(other, "{port: " + taken.getLocalPort() + "}", "{port: 0}");
      other.must("controller", "start");
    }
  }

  @Test
  void wrongConfigurationIsNamedWithItsPlace() throws IOException {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder, "controller: {port: 70000}\n")) {
      Run start = fleet.serve("controller", "start");

      assertThat(start.exit()).isEqualTo(1);
      assertThat(start.err()).contains("config.yaml:2:", "controller.port: 70000", "expected");
      configure(fleet, "70000", "0");
      fleet.must("controller", "start");
    }
  }

  private static void configure(Fleet fleet, String before, String after) throws IOException {
    Path config = fleet.home().resolve("config.yaml");
    Files.writeString(config, Files.readString(config).replace(before, after));
  }

  @Test
  void twoUpsOfOneNameAtOnceGiveOneService() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      String file = Services.of(folder, "twice", ONE, SERVER);
      Process one = fleet.start("up", file);
      Process two = fleet.start("up", file);

      Run first = Run.finish(one, Duration.ofSeconds(60), "first up");
      Run second = Run.finish(two, Duration.ofSeconds(60), "second up");

      assertThat(first.exit() + second.exit()).as("%s\n%s", first, second).isEqualTo(1);
      Services.awaitReady(fleet, "twice", 1);
    }
  }

  @Test
  void readOnlyHomeIsNamed() throws Exception {
    Path home = mountTmpfs("ro");
    try {
      Run up = Fleet.at(Services.ROOT, home).serve("up", Services.of(folder, "x", ONE, SERVER));

      assertThat(up.exit()).isEqualTo(1);
      assertThat(up.err()).contains(home.toString()).containsIgnoringCase("read-only");
    } finally {
      unmount(home);
    }
  }

  @Test
  void fullDiskIsNamedAndHealsWhenThereIsSpaceAgain() throws Exception {
    Path home = mountTmpfs("size=24m");
    try (Fleet fleet = Fleet.at(Services.ROOT, home)) {
      int port = Fleet.freePort();
      Files.writeString(
          home.resolve("config.yaml"),
          "load_balancer: {first_port: %d, shared_port: 0}\n".formatted(port));
      fleet.must("up", Services.of(folder, "first", ONE, SERVER));
      Path filler = home.resolve("filler");
      fill(filler);

      Run up = fleet.serve("up", Services.of(folder, "second", ONE, SERVER));
      assertThat(up.exit()).as(up.toString()).isEqualTo(1);
      assertThat(up.out() + up.err()).containsAnyOf("No space left", "disk is full", "disk full");
      assertThat(fleet.status("first").get("status").asString()).isEqualTo("READY");

      Files.delete(filler);
      fleet.must("up", Services.of(folder, "third", ONE, SERVER));
    } finally {
      unmount(home);
    }
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[64 << 10];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
    try (var out = Files.newOutputStream(file, java.nio.file.StandardOpenOption.APPEND)) {
      while (true) {
        out.write(block, 0, 512);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private Path mountTmpfs(String options) throws Exception {
    Assumptions.assumeTrue(
        Files.isWritable(Path.of("/proc/sys/kernel/hostname")), "needs root to mount a tmpfs");
    Path home = Files.createDirectories(folder.resolve("tmpfs"));
    Run mount =
        Run.finish(
            new ProcessBuilder(
                    "mount", "-t", "tmpfs", "-o", options + ",mode=700", "tmpfs", home.toString())
                .start(),
            Duration.ofSeconds(10),
            "mount");
    Assumptions.assumeTrue(mount.exit() == 0, "cannot mount a tmpfs here: " + mount.err());
    return home;
  }

  private static void unmount(Path home) throws IOException {
    Run.finish(
        new ProcessBuilder("umount", "-l", home.toString()).start(),
        Duration.ofSeconds(10),
        "umount");
  }
}
