package io.fleetserve.provider.transport;

import java.io.InputStream;
import java.io.OutputStream;

/// One open connection. Blocking; [#close] may be called from any thread and ends a blocked read.
public interface Wire extends AutoCloseable {
  InputStream input();

  OutputStream output();

  /// Why a connection that broke may have done so, for messages: what its own program said on its
  /// error output, what the other side has against this one. Empty when that is not known. Asked
  /// before it is closed; takes seconds at most.
  default String complaint() {
    return "";
  }

  /// Never throws: what is left of a broken connection is nobody's concern.
  @Override
  void close();
}
