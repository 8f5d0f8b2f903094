package io.fleetserve.api.wire;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The JSON rules of everything that crosses a process boundary: unknown properties are ignored, so
/// that programs of different age understand each other; nulls are written; a null where a number
/// or boolean must be is an error rather than 0. Thread-safe.
public final class Json {
  /// The mapper with these rules; immutable. Made when this class is first used, which costs some
  /// hundred milliseconds in a fresh JVM.
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private Json() {}
}
