package io.fleetserve.loadbalancer.http;

/// Gets header fields one by one, as ranges of the array they were parsed from.
@FunctionalInterface
public interface FieldVisitor {
  /// One field; the ranges are valid during the call.
  void field(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd);
}
