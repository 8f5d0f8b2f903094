package io.fleetserve.provider.transport;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// An answer with its body.
///
/// @param headers names in lower case; of a repeated one the last
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
  public boolean ok() {
    return status / 100 == 2;
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }
}
