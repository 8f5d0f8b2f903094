package io.fleetserve.controller.store;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.controller.decision.RecordedDecision;
import io.fleetserve.controller.placement.Blocks;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What survives the controller. Thread-safe; every call is one short transaction, durable when it
/// returns, and throws a [StoreException] when it could not be done.
public interface Store extends AutoCloseable {
  /// Mark of this installation on everything made for it: 12 hexadecimal digits, made once.
  String installationId();

  /// Port of the REST API; 0 before the first start.
  int controllerPort();

  void saveControllerPort(int port);

  /// Adds `count` to the generation counter.
  ///
  /// @return the counter before
  long reserveGenerations(long count);

  /// Every service with its rows.
  ///
  /// @param reader reads a stored service file again; what it throws makes the version unreadable
  List<StoredService> load(Function<SpecSource, ServiceSpec> reader);

  /// Writes all changes of a service, or none.
  ///
  /// @return the stored events, in order
  List<EventView> commit(Changes changes);

  /// Stored events, oldest first.
  ///
  /// @param service null means all
  /// @param after events with a higher sequence only; a negative number means the last `limit` ones
  List<EventView> events(@org.jspecify.annotations.Nullable String service, long after, int limit);

  /// What providers have said no to.
  Blocks blocks();

  /// Replaces what [#blocks] gives.
  void saveBlocks(Blocks blocks);

  /// The last decisions of a service, oldest first; 200 are kept of each.
  List<RecordedDecision> decisions(String service, int limit);

  Optional<Attempt> attempt(String attemptId);

  /// How the agent of an attempt proves who it is; empty for one of this machine.
  Optional<Join> join(String attemptId);

  void save(Join join);

  /// Port that agents on other machines reach; 0 before it was first needed.
  int agentPort();

  void saveAgentPort(int port);

  /// Port where agents dial load balancers; 0 before it was first needed.
  int tunnelPort();

  void saveTunnelPort(int port);

  /// Drops finished attempts that last changed before `time`, and what belongs to them.
  void forgetAttempts(Instant time);

  @Override
  void close();
}
