package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.telemetry.ServiceStats;
import io.fleetserve.loadbalancer.usage.UsageScanner;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Counts the tokens of one answer, as far as it tells them. Confined to its lane.
///
/// Looked through are good answers in JSON and event streams that are not compressed. An event
/// stream that tells nothing, and a compressed answer to a POST, count as silent, so that whoever
/// goes by tokens knows what is missing.
final class AnswerTokens {
  private final ServiceStats stats;
  private final boolean post;
  private @Nullable UsageScanner scanner;
  private boolean expected;

  AnswerTokens(ServiceStats stats, RequestFacts facts) {
    this.stats = stats;
    this.post = facts.method().equals("POST");
  }

  /// The answer begins.
  void head(ResponseHead head) {
    boolean good = head.status() >= 200 && head.status() < 300;
    boolean told = head.isEventStream() || head.isJson();
    boolean encoded = head.isEncoded();
    expected = good && post && told && (head.isEventStream() || encoded);
    scanner = good && told && !encoded ? new UsageScanner() : null;
  }

  /// A piece of the answer passes; it stays as it is.
  void read(ByteBuf piece) {
    UsageScanner reading = scanner;
    if (reading == null) {
      return;
    }
    long prompt = reading.prompt();
    long completion = reading.completion();
    reading.read(piece);
    stats.tokens(reading.prompt() - prompt, reading.completion() - completion);
  }

  /// The answer is complete.
  void complete() {
    UsageScanner reading = scanner;
    if (reading != null && reading.hasTold()) {
      stats.tokensTold();
    } else if (expected) {
      stats.tokensSilent();
    }
  }
}
