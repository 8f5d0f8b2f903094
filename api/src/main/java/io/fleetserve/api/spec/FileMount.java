package io.fleetserve.api.spec;

import org.jspecify.annotations.Nullable;

/// Source of one `file_mounts` entry.
public sealed interface FileMount {
  /// A file or folder of the machine `serve` runs on, absolute after reading.
  record LocalPath(String path) implements FileMount {}

  /// A bucket or another remote place, for example `s3://bucket/dir`; `mode` is upper case.
  record Remote(String source, @Nullable String store, String mode) implements FileMount {}
}
