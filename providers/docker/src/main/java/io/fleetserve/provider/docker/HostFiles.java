package io.fleetserve.provider.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Files of this machine inside containers of an engine on this machine, read-only and under their
/// own names: its programs, in an otherwise empty image, and whatever a replica is made from.
/// Stateless.
final class HostFiles {
  /// Image without files, which the provider makes itself.
  static final String REPOSITORY = "fleetserve/host";

  static final String TAG = "1";
  static final String IMAGE = REPOSITORY + ":" + TAG;

  /// Where the image's own search path leads.
  static final String CHANGE = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/bin";

  private static final List<String> ROOT_FOLDERS = List.of("bin", "sbin", "lib", "lib64", "lib32");

  private static final List<String> SHARED =
      List.of(
          "/usr",
          "/etc/alternatives",
          "/etc/ssl",
          "/etc/pki",
          "/etc/ca-certificates",
          "/etc/ld.so.cache",
          "/etc/ld.so.conf",
          "/etc/ld.so.conf.d",
          "/etc/passwd",
          "/etc/group",
          "/etc/nsswitch.conf",
          "/etc/localtime",
          "/etc/java-25-openjdk");

  private HostFiles() {}

  /// The empty image: mount points, and links such as `bin -> usr/bin` as this machine has them.
  static void writeImage(TarWriter tar) throws IOException {
    for (String name : List.of("usr", "etc", "proc", "sys", "dev", "root")) {
      tar.folder(name, 0755);
    }
    tar.folder("tmp", 01777);
    for (String name : ROOT_FOLDERS) {
      Path folder = Path.of("/", name);
      if (Files.isSymbolicLink(folder)) {
        tar.link(name, Files.readSymbolicLink(folder).toString());
      }
    }
    tar.end();
  }

  /// Mounts that put this machine's programs into the empty image.
  static List<String> programs() {
    List<String> binds = new ArrayList<>();
    for (String name : ROOT_FOLDERS) {
      Path folder = Path.of("/", name);
      if (Files.isDirectory(folder) && !Files.isSymbolicLink(folder)) {
        binds.add(readOnly(folder.toString()));
      }
    }
    SHARED.stream()
        .filter(path -> Files.exists(Path.of(path)))
        .map(HostFiles::readOnly)
        .forEach(binds::add);
    return binds;
  }

  /// Mounts for the agent's command: the distribution its program lies in, and the Java that runs
  /// this program; nothing for a program that is found by its name.
  static List<String> agent(List<String> command) {
    Set<String> paths = new TreeSet<>();
    Path program = Path.of(command.getFirst());
    if (program.isAbsolute()) {
      Path real = real(program);
      for (Path path : List.of(program, real)) {
        paths.add(distribution(path).toString());
      }
      paths.add(real(Path.of(javaHome())).toString());
    }
    return without(paths, "/usr").stream().map(HostFiles::readOnly).toList();
  }

  /// `/opt/fleetserve` for `/opt/fleetserve/bin/fleetserve-agent`; else the program alone.
  private static Path distribution(Path program) {
    Path bin = program.getParent();
    Path folder = bin == null || !bin.endsWith("bin") ? null : bin.getParent();
    return folder == null ? program : folder;
  }

  /// Of the Java this program runs on.
  static String javaHome() {
    return System.getProperty("java.home");
  }

  /// Mounts for the sources that the agent copies or links.
  static List<String> sources(Iterable<String> paths) {
    Set<String> found = new TreeSet<>();
    paths.forEach(found::add);
    return found.stream().map(HostFiles::readOnly).toList();
  }

  private static Set<String> without(Set<String> paths, String folder) {
    paths.removeIf(path -> path.equals("/") || Path.of(path).startsWith(folder));
    return paths;
  }

  private static Path real(Path path) {
    try {
      return Files.exists(path) ? path.toRealPath() : path;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String readOnly(String path) {
    return path + ":" + path + ":ro";
  }
}
