package io.fleetserve.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/// Makes the distribution. Arguments: folder with all jars, folder with scripts, target folder.
final class DistMain {
  private DistMain() {}

  public static void main(String[] args) throws IOException {
    Path jars = Path.of(args[0]);
    Path scripts = Path.of(args[1]);
    Path target = Path.of(args[2]);
    Path lib = target.resolve("lib");
    Libraries libraries = new Libraries(jars, lib);
    libraries.install(libraries.all());
    copyScripts(scripts, target);
    for (Program program : Program.ALL) {
      writeLines(lib.resolve(program.name() + ".args"), program.flags());
      writeLines(
          lib.resolve(program.name() + ".classpath"),
          List.of(String.join(" ", libraries.classPath(program))));
    }
  }

  private static void copyScripts(Path scripts, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(scripts)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(scripts.relativize(file).toString());
        Libraries.writeIfChanged(copy, Files.readAllBytes(file));
        if (scripts.relativize(file).startsWith("bin")) {
          Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
  }

  private static void writeLines(Path file, List<String> lines) throws IOException {
    Libraries.writeIfChanged(
        file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
