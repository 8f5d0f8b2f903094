package io.fleetserve.controller.stream;

import io.fleetserve.api.wire.AgentCommand;
import io.fleetserve.controller.model.ReplicaKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What each agent is meant to do, and the streams that tell them. Level-triggered: an agent that
/// connects (again) is told the present wish, so a command cannot be lost. Thread-safe: one lock,
/// never held while anything is sent.
public final class AgentCommands {
  private static final int CAPACITY = 64;

  private static final class Line {
    private AgentCommand.@Nullable Configure configure;
    private AgentCommand.@Nullable Stop stop;
    private @Nullable Subscription<AgentCommand> open;
  }

  private final Map<ReplicaKey, Line> lines = new HashMap<>();

  /// The settings the agent is to use; told at once if they differ from those told before.
  public synchronized void configure(ReplicaKey key, AgentCommand.Configure wish) {
    Line line = lines.computeIfAbsent(key, ignored -> new Line());
    if (!wish.equals(line.configure)) {
      line.configure = wish;
      tell(line, wish);
    }
  }

  /// The agent is to end everything. Told again on each call.
  public synchronized void stop(ReplicaKey key, AgentCommand.Stop wish) {
    Line line = lines.computeIfAbsent(key, ignored -> new Line());
    line.stop = wish;
    tell(line, wish);
  }

  private static void tell(Line line, AgentCommand command) {
    if (line.open != null) {
      line.open.offer(command);
    }
  }

  /// The replica is over: its stream ends.
  public synchronized void forget(ReplicaKey key) {
    Line line = lines.remove(key);
    if (line != null && line.open != null) {
      line.open.close();
    }
  }

  /// A stream of commands for the agent, in place of an older one. The caller closes it and then
  /// asks [#disconnected].
  public synchronized Subscription<AgentCommand> connect(ReplicaKey key) {
    Line line = lines.computeIfAbsent(key, ignored -> new Line());
    if (line.open != null) {
      line.open.close();
    }
    Subscription<AgentCommand> fresh = new Subscription<>(CAPACITY, () -> {});
    line.open = fresh;
    if (line.configure != null) {
      fresh.offer(line.configure);
    }
    if (line.stop != null) {
      fresh.offer(line.stop);
    }
    return fresh;
  }

  /// The stream ended.
  ///
  /// @return true when the agent is now without one: it was not replaced and is still wanted
  public synchronized boolean disconnected(ReplicaKey key, Subscription<AgentCommand> ended) {
    Line line = lines.get(key);
    if (line == null || line.open != ended) {
      return false;
    }
    line.open = null;
    return true;
  }

  public synchronized boolean isConnected(ReplicaKey key) {
    Line line = lines.get(key);
    return line != null && line.open != null;
  }

  /// Ends all streams.
  public synchronized void close() {
    lines.values().stream()
        .map(line -> line.open)
        .filter(java.util.Objects::nonNull)
        .forEach(Subscription::close);
  }
}
