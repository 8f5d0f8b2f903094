package io.fleetserve.loadbalancer.lane;

/// Something that has deadlines, looked at each tick instead of by timers of its own.
public interface Timed {
  /// A tick passed. May remove itself from the lane.
  ///
  /// @param now monotonic nanoseconds
  void onTick(long now);
}
