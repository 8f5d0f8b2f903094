package io.fleetserve.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControllerAccessTest {
  @TempDir Path folder;

  @Test
  void controllerThatDoesNotStartIsReportedWithItsLastLine() throws IOException {
    ControllerAccess access =
        access("echo 'port 20001 is in use' >&2; echo '\tat a.b.C(D.java)'; exit 3");

    assertThatThrownBy(access::connect)
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("ended with code 3: port 20001 is in use")
        .hasMessageContaining("logs/controller.out");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("home"))))
        .isEqualTo("rwx------");
  }

  @Test
  void homeThatCannotBeMadeIsNamed() throws IOException {
    Files.writeString(folder.resolve("home"), "a file, not a folder");
    ControllerAccess access = access("exit 0");

    assertThatThrownBy(access::connect)
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(folder.resolve("home").toString());
  }

  @Test
  void fileOfADeadControllerIsNotBelieved() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.createDirectories(folder.resolve("home/run"));
    Files.writeString(folder.resolve("home/token"), "x");

    write(dead.pid(), 0);
    assertThat(access("exit 0").find()).isEmpty();

    // The pid lives, but it is another process's now.
    write(ProcessHandle.current().pid(), 12_345);
    assertThat(access("exit 0").find()).isEmpty();
  }

  private void write(long pid, long start) throws IOException {
    Files.writeString(
        folder.resolve("home/run/controller.json"),
        Json.MAPPER.writeValueAsString(
            new ControllerInfo("http://127.0.0.1:1", "v", "i", pid, start, 0, null, List.of())));
  }

  private ControllerAccess access(String script) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("dist/bin"));
    Path program =
        Files.writeString(bin.resolve("fleetserve-controller"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new ControllerAccess(
        new HomeFolder(folder.resolve("home")), folder.resolve("dist"), Json.MAPPER);
  }
}
