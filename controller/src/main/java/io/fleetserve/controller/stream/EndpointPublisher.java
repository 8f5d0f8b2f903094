package io.fleetserve.controller.stream;

import io.fleetserve.api.wire.EndpointDelta;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ServiceRoute;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/// The routes of all services, and their stream to the load balancers: a snapshot on connecting,
/// then deltas, each with a higher generation. Thread-safe: one lock, never held while anything is
/// sent.
///
/// Until [#complete] the snapshot says that it is not to be acted on, and no delta goes out.
public final class EndpointPublisher {
  private static final int CAPACITY = 1024;

  private final Object lock = new Object();
  private final String installationId;
  private final Generations generations;
  private final Map<String, ServiceRoute> routes = new TreeMap<>();
  private final Topic<EndpointUpdate> topic = new Topic<>(CAPACITY);
  private long generation;
  private boolean complete;

  /// @param reserve see [Generations]
  public EndpointPublisher(String installationId, LongUnaryOperator reserve) {
    this.installationId = installationId;
    this.generations = new Generations(reserve);
    this.generation = generations.next();
  }

  /// Sets the route of one service; an equal one changes nothing.
  ///
  /// @return the generation that holds it
  public long publish(ServiceRoute route) {
    synchronized (lock) {
      if (route.equals(routes.get(route.service()))) {
        return generation;
      }
      long base = advance();
      routes.put(route.service(), route);
      send(base, List.of(route), List.of());
      return generation;
    }
  }

  /// Takes out a service that was ended.
  ///
  /// @return the generation that no longer holds it
  public long remove(String service) {
    synchronized (lock) {
      if (routes.containsKey(service)) {
        long base = advance();
        routes.remove(service);
        send(base, List.of(), List.of(service));
      }
      return generation;
    }
  }

  /// From now on the routes are to be acted on.
  public void complete() {
    synchronized (lock) {
      if (!complete) {
        advance();
        complete = true;
        topic.publish(new EndpointUpdate.Full(snapshot()));
      }
    }
  }

  /// A subscriber whose first message is the snapshot. The caller closes it.
  public Subscription<EndpointUpdate> subscribe() {
    synchronized (lock) {
      Subscription<EndpointUpdate> subscription = topic.subscribe();
      subscription.offer(new EndpointUpdate.Full(snapshot()));
      return subscription;
    }
  }

  public EndpointSnapshot snapshot() {
    synchronized (lock) {
      return new EndpointSnapshot(
          installationId, generation, complete, List.copyOf(routes.values()));
    }
  }

  /// Ends all subscriptions.
  public void close() {
    topic.close();
  }

  private long advance() {
    long base = generation;
    generation = generations.next();
    return base;
  }

  private void send(long base, List<ServiceRoute> upserts, List<String> removed) {
    if (complete) {
      topic.publish(
          new EndpointUpdate.Change(
              new EndpointDelta(installationId, base, generation, upserts, removed)));
    }
  }
}
