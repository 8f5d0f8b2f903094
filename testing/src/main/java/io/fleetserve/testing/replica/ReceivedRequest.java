package io.fleetserve.testing.replica;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A request as it arrived at a [FakeReplica].
///
/// @param head request line and fields as sent, without the empty line
/// @param body without chunk framing, one character a byte
/// @param trailers fields behind a chunked body
/// @param connection number of the connection at the replica, from 1
/// @param onConnection number of the request on its connection, from 1
public record ReceivedRequest(
    String head, String body, List<String> trailers, int connection, int onConnection) {
  public ReceivedRequest {
    trailers = List.copyOf(trailers);
  }

  public String requestLine() {
    return head.lines().findFirst().orElse("");
  }

  public String method() {
    return requestLine().split(" ", 3)[0];
  }

  public String target() {
    return requestLine().split(" ", 3)[1];
  }

  /// Values of a field, in order.
  public List<String> fields(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ":";
    return head.lines()
        .skip(1)
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .toList();
  }

  /// First value of a field.
  public Optional<String> field(String name) {
    return fields(name).stream().findFirst();
  }
}
