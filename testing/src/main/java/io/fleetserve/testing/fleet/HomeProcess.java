package io.fleetserve.testing.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A living process that belongs to a home: its command line, environment or working folder names
/// it. Zombies do not count.
public record HomeProcess(long pid, String commandLine) {

  static List<HomeProcess> of(Path home) {
    List<HomeProcess> found = new ArrayList<>();
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        String commandLine = text(process.resolve("cmdline")).replace('\0', ' ').strip();
        boolean ours =
            commandLine.contains(home.toString())
                || text(process.resolve("environ")).contains(home.toString())
                || folder(process).startsWith(home.toString());
        if (pid != self && ours && alive(process)) {
          found.add(new HomeProcess(pid, commandLine));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /// Sends SIGKILL.
  public void kill() {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  private static boolean alive(Path process) {
    String stat = text(process.resolve("stat"));
    int end = stat.lastIndexOf(')');
    return end > 0 && stat.length() > end + 2 && stat.charAt(end + 2) != 'Z';
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }

  private static String folder(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).toString();
    } catch (IOException ended) {
      return "";
    }
  }
}
