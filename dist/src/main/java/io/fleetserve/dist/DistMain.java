package io.fleetserve.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/// Makes the distribution. Arguments: folder with all jars, folder with scripts, target folder, and
/// whether AOT caches are wanted (`true` or `false`).
final class DistMain {
  private static final String SLOWER = "No AOT cache for every program, start-up will be slower";

  private DistMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
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
    attempt(
        "No agent bundle, replicas can run on this machine only",
        () ->
            new AgentBundle(
                    libraries,
                    scripts.resolveSibling("bundle"),
                    lib.resolve("bundle"),
                    target.resolveSibling("agent-bundle"))
                .make());
    AotCaches caches = new AotCaches(lib);
    if (!Boolean.parseBoolean(args[3])) {
      caches.remove();
    } else if (!caches.areCurrent()) {
      caches.remove();
      train(target, target.resolveSibling("aot-training"), caches);
    }
  }

  /// One part that the rest can do without.
  interface Part {
    void run() throws IOException, InterruptedException;
  }

  /// Programs run without caches too, only slower to start.
  private static void train(Path target, Path work, AotCaches caches)
      throws IOException, InterruptedException {
    try (TrainingGround ground = TrainingGround.prepare(target, work)) {
      attempt(
          SLOWER,
          () -> {
            ground.train("agent");
            new AgentTraining(ground)
                .run(List.of(target.resolve("bin/fleetserve-agent").toString()));
            ground.trained("agent");
          });
      attempt(SLOWER, () -> new SystemTraining(ground).run());
      attempt(SLOWER, () -> caches.install(ground.caches()));
    }
  }

  /// What goes wrong here is told, and does not fail the build.
  static void attempt(String without, Part part) throws InterruptedException {
    try {
      part.run();
    } catch (IOException | RuntimeException e) {
      System.err.println(without + ": " + e);
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
