package io.fleetserve.agent;

import java.io.IOException;

/// The answer of a server to a probe, whose head is known and whose body may still be read.
interface ProbeAnswer extends AutoCloseable {
  int status();

  /// For people, such as `200 OK`.
  String statusText();

  /// The body, about `limit` bytes of it at most.
  byte[] body(int limit) throws IOException;

  @Override
  void close();
}
