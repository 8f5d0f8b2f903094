package io.fleetserve.controller.run;

import io.fleetserve.api.spec.FileMount;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.Workdir;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/// A fingerprint of the files that are copied to a replica: equal means that nothing has to be
/// copied again.
///
/// Of each file it takes the path, the size and the time of the last change, as copying tools do:
/// weights of many gigabytes need not be read. A file rewritten within the clock's resolution to
/// the same size would be missed; a touched one restarts the replicas in vain.
final class WorkdirDigest {
  private WorkdirDigest() {}

  /// SHA-256 in hexadecimal; of nothing, when nothing is copied.
  static String of(ServiceSpec spec) throws IOException {
    MessageDigest digest = sha256();
    if (spec.workdir() instanceof Workdir.LocalFolder folder) {
      add(digest, "workdir", Path.of(folder.path()));
    }
    for (var mount : new TreeMap<>(spec.fileMounts()).entrySet()) {
      if (mount.getValue() instanceof FileMount.LocalPath local) {
        add(digest, mount.getKey(), Path.of(local.path()));
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String target, Path root) throws IOException {
    put(digest, target);
    TreeMap<String, String> files = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.put(
                root.relativize(file).toString(),
                attributes.size()
                    + " "
                    + attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            files.put(root.relativize(file).toString(), "unreadable");
            return FileVisitResult.CONTINUE;
          }
        });
    files.forEach((file, state) -> {
      put(digest, file);
      put(digest, state);
    });
  }

  private static void put(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
