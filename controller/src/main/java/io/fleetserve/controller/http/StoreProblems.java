package io.fleetserve.controller.http;

import io.fleetserve.api.wire.Problem;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.store.StoreException;

/// The answer to a request that the store could not carry out. Pure.
final class StoreProblems {
  private StoreProblems() {}

  static Problem of(StoreException failure) {
    return switch (failure) {
      case StoreException.DiskFull full ->
          Problems.storeFull(String.valueOf(full.getMessage())).problem();
      case StoreException.ReadOnly readOnly ->
          Problems.storeFailed(String.valueOf(readOnly.getMessage())).problem();
      case StoreException.Failed other ->
          Problems.storeFailed(String.valueOf(other.getMessage())).problem();
    };
  }
}
