package io.fleetserve.agent;

import io.fleetserve.api.unit.FileErrors;
import io.fleetserve.api.wire.AgentBoot;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/// Fills the replica's folder: `work/` from the workdir, then each file mount. Used by one thread,
/// apart from [#cancel].
///
/// A mount with a relative target is a copy below `work/`. A mount with an absolute target lies
/// outside the replica's folder, on a machine that may be somebody's own and that other replicas
/// share: it becomes a link to its source, is never put in the place of something else, and is
/// noted in the file `links`, by which the provider removes it again.
final class Preparation {
  /// Name of the file in the replica's folder with one absolute path a line.
  static final String LINKS = "links";

  private final Path folder;
  private final Path siblings;
  private final Path work;
  private final AgentBoot.ReplicaTask task;
  private final Path home;
  private volatile boolean cancelled;

  /// @param home folder for which `~` stands
  Preparation(AgentBoot boot, Path home) {
    this.folder = Path.of(boot.folder());
    this.siblings = folder.resolve("..").normalize();
    this.work = folder.resolve("work");
    this.task = boot.task();
    this.home = home;
  }

  void cancel() {
    cancelled = true;
  }

  ReplicaEvent run() {
    String step = "workdir";
    try {
      String workdir = task.workdir();
      if (workdir != null) {
        if (!Files.isDirectory(Path.of(workdir))) {
          return failed("workdir: " + workdir + ": not a folder");
        }
        FolderCopy.copy(Path.of(workdir), work, siblings, () -> cancelled);
      }
      for (Map.Entry<String, String> mount : new TreeMap<>(task.fileMounts()).entrySet()) {
        step = "file_mounts: " + mount.getKey();
        mount(mount.getKey(), Path.of(mount.getValue()));
      }
      return new ReplicaEvent.Prepared();
    } catch (IOException e) {
      return failed(step + ": " + FileErrors.describe(e));
    } catch (RuntimeException e) {
      return failed(step + ": " + e.getMessage());
    }
  }

  private static ReplicaEvent failed(String why) {
    return new ReplicaEvent.PrepareFailed(why);
  }

  private void mount(String name, Path source) throws IOException {
    Path target = target(name);
    if (!target.isAbsolute()) {
      Path inside = work.resolve(target).normalize();
      if (!inside.startsWith(work)) {
        throw new IOException(name + ": leads out of the working folder");
      }
      FolderCopy.copy(source, inside, siblings, () -> cancelled);
      return;
    }
    Path real = source.toRealPath();
    if (!Files.exists(target) || !target.toRealPath().equals(real)) {
      link(target, real);
    } else if (Files.isSymbolicLink(target)) {
      note(target);
    }
  }

  private Path target(String name) {
    if (name.equals("~")) {
      return home;
    }
    return name.startsWith("~/") ? home.resolve(name.substring(2)) : Path.of(name);
  }

  private void link(Path target, Path source) throws IOException {
    note(target);
    Files.createDirectories(target.getParent());
    try {
      Files.createSymbolicLink(target, source);
    } catch (FileAlreadyExistsException e) {
      if (!Files.exists(target) || !target.toRealPath().equals(source)) {
        throw new IOException(
            target
                + ": is there already and is not "
                + source
                + "; remove it, or mount to a path relative to the working folder",
            e);
      }
    }
  }

  private void note(Path target) throws IOException {
    Files.writeString(
        folder.resolve(LINKS), target + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
