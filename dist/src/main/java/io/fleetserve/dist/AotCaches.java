package io.fleetserve.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// The AOT caches in `lib/`, and what they were made from: a cache fits one JVM build, one set of
/// flags, and jars of one content and time.
final class AotCaches {
  private static final String KEY_FILE = "aot.key";

  private final Path lib;

  AotCaches(Path lib) {
    this.lib = lib;
  }

  /// Whether there are caches made from what is in `lib/` now.
  boolean areCurrent() throws IOException {
    Path file = lib.resolve(KEY_FILE);
    return Files.exists(file) && Files.readString(file).equals(key());
  }

  void remove() throws IOException {
    for (Program program : Program.ALL) {
      Files.deleteIfExists(cache(program));
    }
    Files.deleteIfExists(lib.resolve(KEY_FILE));
  }

  /// Moves the caches found in a folder to `lib/`.
  ///
  /// @throws IOException that names the programs without one; the others are installed
  void install(Path made) throws IOException {
    StringBuilder missing = new StringBuilder();
    for (Program program : Program.ALL) {
      Path cache = made.resolve(program.name() + ".aot");
      if (Files.exists(cache) && Files.size(cache) > 0) {
        Files.move(cache, cache(program), StandardCopyOption.REPLACE_EXISTING);
      } else {
        missing.append(' ').append(program.name());
      }
    }
    if (!missing.isEmpty()) {
      throw new IOException("training made no cache of:" + missing);
    }
    Files.writeString(lib.resolve(KEY_FILE), key());
  }

  private Path cache(Program program) {
    return lib.resolve(program.name() + ".aot");
  }

  private String key() throws IOException {
    MessageDigest digest = sha256();
    digest.update(Runtime.version().toString().getBytes(StandardCharsets.UTF_8));
    List<Path> files;
    try (Stream<Path> all = Files.list(lib)) {
      files = all.filter(AotCaches::counts).sorted().toList();
    }
    for (Path file : files) {
      String times = file.getFileName() + " " + Files.getLastModifiedTime(file).toMillis() + "\n";
      digest.update(times.getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(file));
    }
    return HexFormat.of().formatHex(digest.digest()) + "\n";
  }

  private static boolean counts(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".jar") || name.endsWith(".args") || name.endsWith(".classpath");
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
