package io.fleetserve.loadbalancer.handover;

import java.util.List;

/// What a process says to its successor when it lets it open its ports.
///
/// @param startedAtMillis of the process, in epoch milliseconds: its identity in load reports
/// @param generation of the endpoint stream in effect; -1 for none
/// @param ports that are open, without the admin port
public record Shared(long startedAtMillis, long generation, List<Integer> ports) {
  public Shared {
    ports = List.copyOf(ports);
  }
}
