package io.fleetserve.api.spec;

import org.jspecify.annotations.Nullable;

/// Where the content of a replica's working folder comes from.
public sealed interface Workdir {
  /// A folder of the machine `serve` runs on, absolute after reading.
  record LocalFolder(String path) implements Workdir {}

  /// A git repository.
  ///
  /// @param ref branch, tag or commit; null means the default branch
  record Git(String url, @Nullable String ref) implements Workdir {}
}
