package io.fleetserve.loadbalancer.upstream;

/// Outcome of an attempt to connect; called on the lane.
public interface ConnectListener {
  void onConnected(Upstream connection);

  void onConnectFailure(UpstreamFailure failure);
}
