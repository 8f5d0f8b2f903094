package io.fleetserve.agent;

import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// Copies a file or a folder: modes and times are kept, symbolic links stay links, files that are
/// there already are replaced. Sockets, pipes and devices are left out: they have no content.
final class FolderCopy extends SimpleFileVisitor<Path> {
  private static final CopyOption[] OPTIONS = {
    StandardCopyOption.COPY_ATTRIBUTES,
    StandardCopyOption.REPLACE_EXISTING,
    LinkOption.NOFOLLOW_LINKS
  };

  private final Path from;
  private final Path to;
  private final Path leftOut;
  private final BooleanSupplier cancelled;

  private FolderCopy(Path from, Path to, Path leftOut, BooleanSupplier cancelled) {
    this.from = from;
    this.to = to;
    this.leftOut = leftOut;
    this.cancelled = cancelled;
  }

  /// Copies `from`, which may itself be a link, to `to`.
  ///
  /// @param leftOut a folder that is not copied: the one the copies lie in, or there were no end
  /// @throws IOException that names the path
  static void copy(Path from, Path to, Path leftOut, BooleanSupplier cancelled) throws IOException {
    Path source = from.toRealPath();
    Files.createDirectories(to.resolve("..").normalize());
    if (!Files.isDirectory(source)) {
      Files.copy(source, to, OPTIONS);
      return;
    }
    Path rest = Files.exists(leftOut) ? leftOut.toRealPath() : leftOut;
    Files.walkFileTree(source, new FolderCopy(source, to, rest, cancelled));
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
      throws IOException {
    if (folder.equals(leftOut)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    Path target = target(folder);
    Files.createDirectories(target);
    // Writable for us until its content is there.
    Set<PosixFilePermission> mode = EnumSet.copyOf(Files.getPosixFilePermissions(target));
    mode.addAll(
        Set.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE));
    Files.setPosixFilePermissions(target, mode);
    return going();
  }

  @Override
  public FileVisitResult postVisitDirectory(
      Path folder, @org.jspecify.annotations.Nullable IOException error) throws IOException {
    if (error != null) {
      throw error;
    }
    Files.setPosixFilePermissions(target(folder), Files.getPosixFilePermissions(folder));
    return going();
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isRegularFile() || attributes.isSymbolicLink()) {
      Files.copy(file, target(file), OPTIONS);
    }
    return going();
  }

  private Path target(Path source) {
    return to.resolve(from.relativize(source));
  }

  private FileVisitResult going() {
    return cancelled.getAsBoolean() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
  }
}
