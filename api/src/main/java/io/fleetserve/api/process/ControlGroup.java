package io.fleetserve.api.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The control groups of one replica, one folder per hierarchy: they hold its processes together,
/// limit them, and count kills for lack of memory. Immutable and thread-safe; the state is the
/// kernel's.
///
/// Knows version 1 and version 2 and the two side by side. Where nothing may be written there is no
/// group, and everything answers as for an empty one.
///
/// @param folders absolute; empty means that there is no group
/// @param limitsMemory whether the memory limit is in force
/// @param limitsCpu whether the CPU limit is in force
public record ControlGroup(List<Path> folders, boolean limitsMemory, boolean limitsCpu) {
  public static final ControlGroup NONE = new ControlGroup(List.of(), false, false);

  private static final int PERIOD_MICROS = 100_000;

  public ControlGroup {
    folders = List.copyOf(folders);
  }

  /// A group whose folders were noted down before.
  public static ControlGroup at(List<Path> folders) {
    return new ControlGroup(folders, false, false);
  }

  /// Makes the group, as far as this machine allows.
  ///
  /// @param name of the folders; unique on the machine
  /// @param memoryBytes limit; 0 means none
  /// @param cpus limit; 0 means none
  public static ControlGroup create(String name, long memoryBytes, double cpus) {
    List<Path> folders = new ArrayList<>();
    boolean memory = false;
    boolean cpu = false;
    ControlGroupMounts mounts = ControlGroupMounts.read();
    if (memoryBytes > 0 || cpus > 0) {
      // Refused where the controllers belong to version 1, or where processes live beside the
      // group.
      mounts.unified().ifPresent(here -> write(here, "cgroup.subtree_control", "+memory +cpu"));
    }
    Optional<Path> unified = make(mounts.unified(), name);
    if (unified.isPresent()) {
      folders.add(unified.get());
      memory = memoryBytes > 0 && write(unified.get(), "memory.max", Long.toString(memoryBytes));
      cpu = cpus > 0 && write(unified.get(), "cpu.max", quota(cpus) + " " + PERIOD_MICROS);
    }
    if (memoryBytes > 0 && !memory) {
      Optional<Path> old = make(mounts.old("memory"), name);
      if (old.isPresent()) {
        folders.add(old.get());
        memory = write(old.get(), "memory.limit_in_bytes", Long.toString(memoryBytes));
      }
    }
    if (cpus > 0 && !cpu) {
      Optional<Path> old = make(mounts.old("cpu"), name);
      if (old.isPresent()) {
        folders.add(old.get());
        cpu =
            write(old.get(), "cpu.cfs_period_us", Integer.toString(PERIOD_MICROS))
                && write(old.get(), "cpu.cfs_quota_us", Long.toString(quota(cpus)));
      }
    }
    return folders.isEmpty() ? NONE : new ControlGroup(folders, memory, cpu);
  }

  private static long quota(double cpus) {
    return Math.max(1000, Math.round(cpus * PERIOD_MICROS));
  }

  private static Optional<Path> make(Optional<Path> parent, String name) {
    if (parent.isEmpty()) {
      return parent;
    }
    Path folder = parent.get().resolve(name);
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(folder);
      }
      return Optional.of(folder);
    } catch (IOException notAllowed) {
      return Optional.empty();
    }
  }

  private static boolean write(Path folder, String file, String value) {
    try {
      Files.writeString(folder.resolve(file), value);
      return true;
    } catch (IOException notAllowed) {
      return false;
    }
  }

  /// Files to which a process writes its own pid to enter the group.
  public List<Path> entrances() {
    return folders.stream().map(folder -> folder.resolve("cgroup.procs")).toList();
  }

  /// Moves a process in. Children it has already stay where they are.
  public void enter(long pid) {
    folders.forEach(folder -> write(folder, "cgroup.procs", Long.toString(pid)));
  }

  /// Pids inside now.
  public List<Long> members() {
    List<Long> pids = new ArrayList<>();
    for (Path entrance : entrances()) {
      lines(entrance).forEach(line -> pids.add(Long.parseLong(line)));
    }
    return pids;
  }

  /// SIGKILL to every process inside at once, where the kernel has it (version 2, Linux 5.14).
  public void kill() {
    for (Path folder : folders) {
      Path file = folder.resolve("cgroup.kill");
      if (Files.exists(file)) {
        write(folder, "cgroup.kill", "1");
      }
    }
  }

  /// How often the kernel killed inside it for lack of memory.
  public long memoryKills() {
    long kills = 0;
    for (Path folder : folders) {
      for (String file : List.of("memory.events", "memory.oom_control")) {
        for (String line : lines(folder.resolve(file))) {
          if (line.startsWith("oom_kill ")) {
            kills += Long.parseLong(line.substring("oom_kill ".length()).strip());
          }
        }
      }
    }
    return kills;
  }

  /// Removes the folders; true when none is left. False while a process lives inside.
  public boolean remove() {
    boolean gone = true;
    for (Path folder : folders) {
      try {
        Files.deleteIfExists(folder);
      } catch (IOException busy) {
        gone = false;
      }
    }
    return gone;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException missing) {
      return List.of();
    }
  }
}
