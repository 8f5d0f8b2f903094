package io.fleetserve.api.unit;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/// Words for broken file access. Stateless.
public final class FileErrors {
  private FileErrors() {}

  /// One line `path: what is wrong`, also for exceptions whose own message is the bare path.
  public static String describe(IOException error) {
    String what =
        switch (error) {
          case NoSuchFileException _ -> "no such file or directory";
          case AccessDeniedException _ -> "permission denied";
          case FileAlreadyExistsException _ -> "exists already";
          case DirectoryNotEmptyException _ -> "folder is not empty";
          case NotDirectoryException _ -> "not a folder";
          default -> null;
        };
    if (error instanceof FileSystemException file && file.getFile() != null) {
      return path(file) + ": " + orElse(what, file.getReason(), "cannot be used");
    }
    return orElse(error.getMessage(), null, error.getClass().getSimpleName());
  }

  private static String path(FileSystemException error) {
    return error.getOtherFile() == null
        ? error.getFile()
        : error.getFile() + " -> " + error.getOtherFile();
  }

  private static String orElse(@Nullable String first, @Nullable String second, String otherwise) {
    return first != null ? first : second != null ? second : otherwise;
  }
}
