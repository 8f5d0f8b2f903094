package io.fleetserve.provider.transport;

import java.io.InputStream;
import java.io.OutputStream;

/// One open connection. Blocking; [#close] may be called from any thread and ends a blocked read.
public interface Wire extends AutoCloseable {
  InputStream input();

  OutputStream output();

  /// What the connection's own program said on its error output, for messages; empty when nothing.
  default String complaint() {
    return "";
  }

  /// Never throws: what is left of a broken connection is nobody's concern.
  @Override
  void close();
}
