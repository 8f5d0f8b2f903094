package io.fleetserve.provider.local;

import io.fleetserve.api.process.ControlGroup;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// The files of one replica, below the provider's home. Immutable; the files are the state.
///
///     <service>-<replicaId>-<generation>/
///       boot.json    what the agent is started with; holds secrets, mode 0600
///       agent.pid    pid and start time of the agent, once it runs
///       agent.log    what the agent itself prints: start-up errors
///       replica.log  output of the server, made by the agent
///       work/        where the server starts
///       groups       control group folders, one a line, made by the agent
///       links        absolute paths the agent linked, one a line
///       ended        made by the agent when its end was an orderly one
record ReplicaFolder(Path path) {
  static final String BOOT = "boot.json";

  /// What `agent.pid` says.
  record Agent(long pid, long startTicks) {}

  Path boot() {
    return path.resolve(BOOT);
  }

  Path agentLog() {
    return path.resolve("agent.log");
  }

  boolean exists() {
    return Files.isDirectory(path);
  }

  boolean endedOrderly() {
    return Files.exists(path.resolve("ended"));
  }

  /// Makes the folder and its boot file, for the owner alone.
  void create(AgentBoot boot) throws IOException {
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectory(path, PosixFilePermissions.asFileAttribute(ownerOnly));
    Files.createDirectory(path.resolve("work"));
    Files.createFile(
        boot(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(boot(), Json.MAPPER.writeValueAsBytes(boot));
  }

  /// The boot file; empty when it is missing, half written, or the folder is gone.
  Optional<AgentBoot> readBoot() {
    try {
      return Optional.of(Json.MAPPER.readValue(Files.readAllBytes(boot()), AgentBoot.class));
    } catch (IOException | JacksonException incomplete) {
      return Optional.empty();
    }
  }

  void writeAgent(Agent agent) throws IOException {
    Files.writeString(path.resolve("agent.pid"), agent.pid() + " " + agent.startTicks() + "\n");
  }

  Optional<Agent> readAgent() {
    List<String> lines = lines("agent.pid");
    if (lines.isEmpty() || !lines.getFirst().matches("\\d+ \\d+")) {
      return Optional.empty();
    }
    String[] fields = lines.getFirst().split(" ", 2);
    return Optional.of(new Agent(Long.parseLong(fields[0]), Long.parseLong(fields[1])));
  }

  ControlGroup group() {
    return ControlGroup.at(lines("groups").stream().map(Path::of).toList());
  }

  List<Path> links() {
    return lines("links").stream().map(Path::of).toList();
  }

  /// The last line the agent printed itself; empty when it printed none.
  String lastWords() {
    List<String> lines = lines("agent.log");
    return lines.isEmpty() ? "" : lines.getLast();
  }

  private List<String> lines(String file) {
    try {
      byte[] all = Files.readAllBytes(path.resolve(file));
      return new String(all, StandardCharsets.UTF_8).lines().filter(s -> !s.isBlank()).toList();
    } catch (IOException missing) {
      return List.of();
    }
  }

  /// Removes the folder and all that is in it; the boot file goes last, so that a removal that was
  /// cut short is found again. Nothing happens when it is gone.
  void delete() throws IOException {
    if (!exists()) {
      return;
    }
    Files.walkFileTree(path, new Deletion());
    Files.deleteIfExists(boot());
    Files.deleteIfExists(path);
  }

  private final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      try {
        if (!Files.isWritable(folder)) {
          Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
      } catch (NoSuchFileException gone) {
        return FileVisitResult.SKIP_SUBTREE; // another removal of the same replica was faster
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!file.equals(boot())) {
        Files.deleteIfExists(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
      if (error instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE; // the replica's last process took it away
      }
      throw error;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException error)
        throws IOException {
      if (error != null) {
        throw error;
      }
      if (!folder.equals(path)) {
        Files.deleteIfExists(folder);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
