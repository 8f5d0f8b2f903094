package io.fleetserve.benchmarks.jmh;

import io.fleetserve.loadbalancer.policy.Hashes;
import io.fleetserve.loadbalancer.policy.Policy;
import io.fleetserve.loadbalancer.policy.SessionHash;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What one request costs at a policy: the choice, its begin and its end, with four requests in
/// flight per replica.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PolicyBench {
  /// Name as in a service file; `consistent_hash` chooses among 1,000 sessions.
  @Param({"round_robin", "least_load", "power_of_two", "peak_ewma", "consistent_hash"})
  public String policy = "";

  /// Replicas of the service.
  @Param({"10", "100", "1000"})
  public int replicas;

  private ArrayLoads loads = new ArrayLoads(0);
  private Policy measured = Policy.of("", loads);
  private boolean sessions;
  private int[] running = {};
  private int next;
  private long turn;

  /// Brings every replica to four requests.
  @Setup
  public void fill() {
    loads = new ArrayLoads(replicas);
    measured = Policy.of(policy, loads);
    sessions = policy.equals("consistent_hash");
    if (sessions) {
      measured = new SessionHash(loads, LongStream.range(0, replicas).toArray(), measured);
    }
    running = new int[replicas * 4];
    for (int i = 0; i < running.length; i++) {
      running[i] = begin();
    }
  }

  private int begin() {
    turn++;
    long key = sessions ? Hashes.mix(turn % 1000 + 1) : Policy.NO_KEY;
    int chosen = measured.choose(turn, key, 0);
    loads.add(chosen, 1);
    measured.changed(chosen);
    return chosen;
  }

  /// One request ends, the next one begins.
  @Benchmark
  public int request() {
    int ended = running[next];
    loads.add(ended, -1);
    measured.changed(ended);
    int chosen = begin();
    running[next] = chosen;
    next = next + 1 == running.length ? 0 : next + 1;
    return chosen;
  }
}
