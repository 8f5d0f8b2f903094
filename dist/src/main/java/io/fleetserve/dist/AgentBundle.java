package io.fleetserve.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The agent for machines without Java: a runtime of the few modules it needs, its jars and start
/// scripts in one `tar.gz`, in `lib/bundle/` of the distribution, its SHA-256 beside it.
///
/// Made for the architecture of the machine that builds: a JDK without `jmods` links for itself
/// only. Left alone while nothing it is made of has changed; the runtime, which is most of the
/// work, depends on the JDK alone.
final class AgentBundle {
  private static final String MODULES = "java.base,java.management,java.xml,jdk.management";

  /// Time of every file, so that the same content gives the same archive.
  private static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1_700_000_000));

  private static final List<Program> PROGRAMS =
      List.of(
          new Program(
              "agent",
              List.of("fleetserve-replica-agent", "fleetserve-api", "jackson-core"),
              Program.AGENT_FLAGS),
          new Program(
              "host",
              List.of(
                  "fleetserve-provider-local",
                  "fleetserve-provider-spi",
                  "fleetserve-api",
                  "jackson-databind",
                  "jackson-core",
                  "jackson-annotations"),
              List.of(
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:-UsePerfData",
                  "-Xlog:disable",
                  "-XX:+ExitOnOutOfMemoryError",
                  "-Xmx64m")));

  private final Libraries libraries;
  private final Path scripts;
  private final Path folder;
  private final Path work;

  /// @param scripts launch scripts of the bundle
  /// @param folder where the archive goes
  /// @param work where it is put together, and the runtime is kept
  AgentBundle(Libraries libraries, Path scripts, Path folder, Path work) {
    this.libraries = libraries;
    this.scripts = scripts;
    this.folder = folder.toAbsolutePath();
    this.work = work.toAbsolutePath();
  }

  /// Makes the archive unless it is there and current.
  void make() throws IOException, InterruptedException {
    Path tree = work.resolve("tree");
    Libraries.remove(tree);
    putTogether(tree);
    String key = key(tree);
    Path keyFile = folder.resolve("bundle.key");
    Path archive = folder.resolve("fleetserve-agent-linux-" + architecture() + ".tar.gz");
    if (Files.exists(archive)
        && Files.exists(keyFile)
        && Files.readString(keyFile).strip().equals(key)) {
      return;
    }
    DistMain.attempt("Agents on other machines will be slower to start", () -> train(tree));
    Libraries.remove(folder);
    Files.createDirectories(folder);
    Path part = folder.resolve("bundle.part");
    // Links the runtime's files into the archive from where they lie.
    run(
        "tar",
        "--sort=name",
        "--mtime=@" + TIME.to(TimeUnit.SECONDS),
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "--use-compress-program=gzip -n",
        "-cf",
        part.toString(),
        "-C",
        tree.toString(),
        "bin",
        "lib",
        "-C",
        runtime().resolve("..").normalize().toString(),
        "runtime");
    Files.writeString(
        folder.resolve(archive.getFileName() + ".sha256"),
        sha256(Files.readAllBytes(part)) + "  " + archive.getFileName() + "\n");
    Files.move(part, archive, StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(keyFile, key + "\n");
  }

  private void putTogether(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(scripts)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path name = scripts.relativize(file);
        Path copy = tree.resolve(name.toString());
        Libraries.writeIfChanged(copy, Files.readAllBytes(file));
        String mode = name.startsWith("bin") ? "rwxr-xr-x" : "rw-r--r--";
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString(mode));
      }
    }
    for (Program program : PROGRAMS) {
      List<String> jars = libraries.named(program.artifacts());
      for (String jar : jars) {
        libraries.copy(jar, tree.resolve("lib"));
      }
      write(tree.resolve("lib/" + program.name() + ".args"), String.join("\n", program.flags()));
      write(tree.resolve("lib/" + program.name() + ".classpath"), String.join(" ", jars));
    }
  }

  /// Makes the agent's cache. It is good wherever the bundle is unpacked: what counts are the
  /// contents and times of its files, and those are the archive's.
  private void train(Path tree) throws IOException, InterruptedException {
    Program agent = PROGRAMS.getFirst();
    Path lib = tree.resolve("lib");
    Path java = runtime().resolve("bin/java");
    try (Stream<Path> jars = Files.list(lib)) {
      for (Path jar : jars.toList()) {
        Files.setLastModifiedTime(jar, TIME);
      }
    }
    try (TrainingGround ground = TrainingGround.prepare(tree, work.resolve("training"))) {
      Path cache = ground.caches().resolve("agent.aot");
      new AgentTraining(ground)
          .run(
              List.of(
                  java.toString(),
                  "@" + lib.resolve("agent.args"),
                  "-XX:AOTCacheOutput=" + cache,
                  "-cp",
                  String.join(
                      ":",
                      libraries.named(agent.artifacts()).stream()
                          .map(jar -> lib.resolve(jar).toString())
                          .toList()),
                  "io.fleetserve.agent.AgentMain"));
      TrainingGround.await("the agent's cache", () -> Files.exists(cache));
      Files.move(cache, lib.resolve("agent.aot"));
    }
  }

  private static void write(Path file, String line) throws IOException {
    Files.writeString(file, line + "\n");
  }

  /// The runtime, linked when this JDK has not made one yet.
  private Path runtime() throws IOException, InterruptedException {
    String name = Runtime.version() + "-" + MODULES.replace(',', '+');
    Path runtime = work.resolve(name).resolve("runtime");
    if (Files.exists(runtime.resolve("release"))) {
      return runtime;
    }
    Libraries.remove(work.resolve(name));
    Path part = work.resolve("runtime.part");
    Libraries.remove(part);
    Files.createDirectories(work.resolve(name));
    run(
        System.getProperty("java.home") + "/bin/jlink",
        "--add-modules",
        MODULES,
        "--strip-debug",
        "--no-header-files",
        "--no-man-pages",
        "--output",
        part.toString());
    Files.move(part, runtime);
    return runtime;
  }

  private static String key(Path tree) throws IOException {
    StringBuilder parts = new StringBuilder();
    parts.append(Runtime.version()).append('\n').append(MODULES).append('\n').append(TIME);
    List<Path> files;
    try (Stream<Path> all = Files.walk(tree)) {
      files = new ArrayList<>(all.filter(Files::isRegularFile).sorted().toList());
    }
    for (Path file : files) {
      parts.append('\n').append(tree.relativize(file)).append(' ');
      parts.append(sha256(Files.readAllBytes(file)));
    }
    return sha256(parts.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[] content) {
    MessageDigest digest = AotCaches.sha256();
    return HexFormat.of().formatHex(digest.digest(content));
  }

  /// As `uname -m` tells it.
  private static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("amd64") ? "x86_64" : name;
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException(command[0] + ": " + output.strip());
    }
  }
}
