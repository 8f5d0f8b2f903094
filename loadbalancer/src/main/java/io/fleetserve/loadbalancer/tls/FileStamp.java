package io.fleetserve.loadbalancer.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/// What tells whether files have changed since they were read.
public final class FileStamp {
  private FileStamp() {}

  /// Time, size and identity of each.
  public static String of(List<String> files) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String file : files) {
      BasicFileAttributes found = Files.readAttributes(Path.of(file), BasicFileAttributes.class);
      all.append(found.lastModifiedTime()).append(' ').append(found.size()).append(' ');
      all.append(found.fileKey()).append('\n');
    }
    return all.toString();
  }
}
