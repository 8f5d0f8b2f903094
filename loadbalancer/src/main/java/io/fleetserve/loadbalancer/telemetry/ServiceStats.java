package io.fleetserve.loadbalancer.telemetry;

import io.fleetserve.api.wire.LoadReport.Histogram;
import io.fleetserve.api.wire.LoadReport.Tokens;

/// Totals of one service on one event loop, which alone changes them. Other threads ask that loop
/// for a [Totals]; only [#inFlight] and [#arrivals] may be read from anywhere, as a hint.
public final class ServiceStats {
  private final TrafficStats traffic = new TrafficStats();
  private long arrivals;
  private long completions;
  private long failures;
  private long rejected;
  private long retries;
  private int held;
  private int inFlight;
  private long integral;
  private long heldIntegral;
  private long changedAt;
  private long promptTokens;
  private long completionTokens;
  private long tokensTold;
  private long tokensSilent;

  /// A copy of all totals; meaning as in `LoadReport.ServiceLoad`.
  public record Totals(
      long arrivals,
      long completions,
      long failures,
      long rejected,
      long retries,
      int held,
      int inFlight,
      long concurrencyNanos,
      long heldNanos,
      Histogram latency,
      Histogram firstByte,
      Tokens tokens) {}

  public void arrived() {
    arrivals++;
  }

  public void rejected() {
    rejected++;
  }

  public void failed() {
    failures++;
  }

  public void retried() {
    retries++;
  }

  /// An answer began, so long after its request was accepted.
  public void firstByte(long nanos) {
    traffic.firstByte(nanos);
  }

  /// An answer was complete, so long after its request was accepted.
  public void completed(long nanos) {
    completions++;
    traffic.latency(nanos);
  }

  /// An answer told of more tokens.
  public void tokens(long prompt, long completion) {
    promptTokens += prompt;
    completionTokens += completion;
  }

  /// An answer that told its tokens was complete.
  public void tokensTold() {
    tokensTold++;
  }

  /// An answer that may have cost tokens was complete and did not tell.
  public void tokensSilent() {
    tokensSilent++;
  }

  /// The details that operators see.
  public TrafficStats traffic() {
    return traffic;
  }

  /// Changes the number of requests that wait, and of those at replicas.
  ///
  /// @param now monotonic nanoseconds
  public void move(int heldChange, int inFlightChange, long now) {
    advance(now);
    held += heldChange;
    inFlight += inFlightChange;
    if (held < 0 || inFlight < 0) {
      throw new IllegalStateException("held: " + held + ", in flight: " + inFlight);
    }
  }

  private void advance(long now) {
    int concurrency = held + inFlight;
    if (concurrency > 0) {
      long nanos = Math.max(0, now - changedAt);
      integral += concurrency * nanos;
      heldIntegral += held * nanos;
    }
    changedAt = now;
  }

  public long arrivals() {
    return arrivals;
  }

  public int inFlight() {
    return inFlight;
  }

  /// Copies the totals. On the event loop.
  public Totals totals(long now) {
    advance(now);
    return new Totals(
        arrivals,
        completions,
        failures,
        rejected,
        retries,
        held,
        inFlight,
        integral,
        heldIntegral,
        traffic.coarseLatency().histogram(),
        traffic.coarseFirstByte().histogram(),
        new Tokens(promptTokens, completionTokens, tokensTold, tokensSilent));
  }
}
