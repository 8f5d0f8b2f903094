package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.wire.Outcome;

/// One measurement of one subject.
///
/// @param round from 1
/// @param idleShare of all processors while counting, 0-1
/// @param stealShare taken by the hypervisor, 0-1
/// @param residentBytes of the proxy when counting began; 0 without a proxy
/// @param proportionalBytes as residentBytes, shared pages divided among those that share them
record Sample(
    String workload,
    String subject,
    int round,
    Outcome outcome,
    Cpu cpu,
    double idleShare,
    double stealShare,
    long residentBytes,
    long proportionalBytes) {

  /// CPU time used while counting, in nanoseconds.
  ///
  /// @param busiest the proxy's thread that used most
  /// @param workers threads of the proxy that did more than a sixth of its work
  record Cpu(long proxy, long busiest, int workers, long client, long backend) {}

  double proxyMicrosPerCount() {
    return cpu.proxy / 1e3 / outcome.count();
  }

  double busiestMicrosPerCount() {
    return cpu.busiest / 1e3 / outcome.count();
  }

  /// A megabyte is 10^6 bytes of body.
  double proxyMicrosPerMegabyte() {
    return cpu.proxy / 1e3 / (outcome.bytes() / 1e6);
  }

  double megabytesPerSecond() {
    return outcome.bytes() / 1e6 / outcome.seconds();
  }

  /// Requests a second of CPU time: what one processor would do if client and backend cost nothing.
  double perCpuSecond() {
    return 1e6 / proxyMicrosPerCount();
  }

  /// Processors' worth of CPU time that the proxy took; 1 is one processor.
  double proxyShare() {
    return cpu.proxy / 1e9 / outcome.seconds();
  }

  double clientShare() {
    return cpu.client / 1e9 / outcome.seconds();
  }

  double backendShare() {
    return cpu.backend / 1e9 / outcome.seconds();
  }

  double latencyMicros(double percentile) {
    return Outcome.decode(outcome.latency()).getValueAtPercentile(percentile) / 1e3;
  }

  double latenessMicros(double percentile) {
    return Outcome.decode(outcome.lateness()).getValueAtPercentile(percentile) / 1e3;
  }
}
