package io.fleetserve.api.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One process as `/proc/PID/stat` tells it. A snapshot: it may have ended since.
///
/// @param state the kernel's letter; `Z` and `X` mean dead, whatever `kill -0` says
/// @param group process group
/// @param startTicks when it started, in clock ticks since boot: with the pid it names the process
///   for ever, pids are used again
public record LinuxProcess(
    long pid, char state, long parent, long group, long session, long startTicks) {
  private static final File PROC = new File("/proc");

  /// The process; empty when there is none. A zombie is returned, as dead.
  public static Optional<LinuxProcess> of(long pid) {
    return pid <= 0 ? Optional.empty() : parse(pid, read(pid, "stat"));
  }

  /// Every process of this machine that could be read, zombies included, in no order.
  public static List<LinuxProcess> all() {
    List<LinuxProcess> all = new ArrayList<>();
    String[] names = PROC.list();
    for (String name : names == null ? new String[0] : names) {
      if (Character.isDigit(name.charAt(0))) {
        of(Long.parseLong(name)).ifPresent(all::add);
      }
    }
    return all;
  }

  /// Whether the process with this pid and start time still lives. False for zombies.
  public static boolean alive(long pid, long startTicks) {
    Optional<LinuxProcess> process = of(pid);
    return process.isPresent() && process.get().alive() && process.get().startTicks() == startTicks;
  }

  /// Whether the process with this pid lives and started at `startMillis` (epoch), give or take
  /// `slackMillis`: the kernel counts from boot, which readers turn into slightly different times.
  public static boolean aliveSince(long pid, long startMillis, long slackMillis) {
    Optional<LinuxProcess> process = of(pid);
    if (process.isEmpty() || !process.get().alive()) {
      return false;
    }
    Optional<Instant> start = ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant());
    return start.isPresent() && Math.abs(start.get().toEpochMilli() - startMillis) <= slackMillis;
  }

  /// Whether it was alive when it was looked at.
  public boolean alive() {
    return state != 'Z' && state != 'X' && state != 'x';
  }

  /// Its command line, arguments separated by spaces; empty when it is dead.
  public String commandLine() {
    return read(pid, "cmdline").replace('\0', ' ');
  }

  /// Its value of an environment variable, as the process was started with; empty when it has none,
  /// when it is dead, or when it belongs to another user.
  public Optional<String> environment(String name) {
    String all = read(pid, "environ");
    String prefix = name + "=";
    int at = all.startsWith(prefix) ? 0 : all.indexOf("\0" + prefix) + 1;
    if (at == 0 && !all.startsWith(prefix)) {
      return Optional.empty();
    }
    int end = all.indexOf('\0', at);
    return Optional.of(all.substring(at + prefix.length(), end < 0 ? all.length() : end));
  }

  /// Sends SIGTERM; nothing happens when it is gone.
  public void terminate() {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
  }

  /// Sends SIGKILL; nothing happens when it is gone.
  public void kill() {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  private static Optional<LinuxProcess> parse(long pid, String stat) {
    int end = stat.lastIndexOf(')'); // the name before it may hold anything
    if (end < 0) {
      return Optional.empty();
    }
    String[] fields = stat.substring(end + 2).split(" ", 21);
    if (fields.length < 21) {
      return Optional.empty();
    }
    return Optional.of(
        new LinuxProcess(
            pid,
            fields[0].charAt(0),
            Long.parseLong(fields[1]),
            Long.parseLong(fields[2]),
            Long.parseLong(fields[3]),
            Long.parseLong(fields[19])));
  }

  private static String read(long pid, String file) {
    try (FileInputStream in = new FileInputStream("/proc/" + pid + "/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }
}
