package io.fleetserve.api.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/// Remembers at which offset the newest part of a log begins, in a small file beside it.
///
/// The file holds `offset identity`, where identity is the file system's name (device and inode) of
/// the part meant: after a crash between rotation and the write of this file, the identity is the
/// old part's, and the newest part begins where that one ends.
final class LogPosition {
  private final Path file;

  LogPosition(Path file) {
    this.file = file;
  }

  /// Offset at which `newest` begins. A part that is not there has length 0.
  long baseOf(Path newest, Path old) {
    try {
      String[] stored = Files.readString(file).strip().split(" ", 2);
      long base = Long.parseLong(stored[0]);
      boolean rotatedSince = stored.length == 2 && stored[1].equals(identity(old));
      return rotatedSince ? base + Files.size(old) : base;
    } catch (IOException | NumberFormatException ignored) {
      return sizeOf(old); // never rotated, or rotated once without a note
    }
  }

  /// Best effort: on a full disk the old note stays, which [#baseOf] understands.
  void store(long base, Path newest) {
    try {
      Path next = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(next, base + " " + identity(newest) + "\n");
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException ignored) {
      // Offsets stay right in this process; a restart falls back to the old note.
    }
  }

  private static String identity(Path path) throws IOException {
    return String.valueOf(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
  }

  private static long sizeOf(Path path) {
    try {
      return Files.size(path);
    } catch (IOException ignored) {
      return 0;
    }
  }
}
