package io.fleetserve.loadbalancer.telemetry;

/// What passed through one replica on one event loop, to which it is confined.
public final class ReplicaStats {
  private final Buckets latency = new Buckets();
  private final Buckets firstByte = new Buckets();
  private long attempts;

  /// Everything up to one moment.
  ///
  /// @param attempts requests sent there, repeated ones each time
  public record Totals(long attempts, Buckets.Snapshot latency, Buckets.Snapshot firstByte) {
    Totals plus(Totals other) {
      return new Totals(
          attempts + other.attempts, latency.plus(other.latency), firstByte.plus(other.firstByte));
    }
  }

  /// A request goes there.
  public void attempt() {
    attempts++;
  }

  /// The answer began, so long after the request was given to the replica.
  public void firstByte(long nanos) {
    firstByte.record(nanos);
  }

  /// The answer was complete, so long after the request was given to the replica.
  public void latency(long nanos) {
    latency.record(nanos);
  }

  Totals totals() {
    return new Totals(attempts, latency.snapshot(), firstByte.snapshot());
  }
}
