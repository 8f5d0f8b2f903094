package io.fleetserve.controller.run;

import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.reconcile.ServiceCondition;
import io.fleetserve.controller.reconcile.ServiceState;
import io.fleetserve.controller.reconcile.ServiceStatusRule;
import io.fleetserve.controller.stream.Subscription;
import io.fleetserve.controller.stream.Topic;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The service as people see it, and those who watch it. A new service is not called ready before a
/// load balancer has opened its port. Changed by the service's loop; [#view] and [#subscribe] may
/// be called from any thread.
final class ServiceBoard {
  private final ControllerConfig.Balancer balancer;
  private final List<String> unreadable;
  private final Topic<WatchMessage> watchers = new Topic<>(1);
  private @Nullable Instant readySince;
  private String listenError = "";
  private boolean served;
  private volatile ServiceView view;
  private volatile boolean gone;

  /// @param unreadable why a stored version cannot be read, one line each
  ServiceBoard(
      ControllerConfig.Balancer balancer,
      List<String> unreadable,
      ServiceState state,
      Optional<ServiceRoute> route,
      LoadWindow load,
      Instant now) {
    this.balancer = balancer;
    this.unreadable = unreadable;
    this.readySince =
        state.replicas().stream()
            .filter(Replica::isReady)
            .map(Replica::statusSince)
            .min(Instant::compareTo)
            .orElse(null);
    this.served = state.replicas().stream().anyMatch(replica -> replica.firstReadyAt() != null);
    this.view = describe(state, condition(state, now), route, load, now);
  }

  ServiceView view() {
    return view;
  }

  /// The views from now on, the present one first. The caller closes it.
  Subscription<WatchMessage> subscribe() {
    Subscription<WatchMessage> subscription = watchers.subscribe();
    watchers.publishLatest(gone ? new WatchMessage.Gone(view.name()) : new WatchMessage.Seen(view));
    return subscription;
  }

  /// A load balancer knows the service.
  ///
  /// @param error why its port could not be opened; empty when it is open
  /// @return what to tell, if it is news
  Optional<EventDraft> knownToBalancer(String error) {
    served = true;
    if (error.equals(listenError)) {
      return Optional.empty();
    }
    listenError = error;
    return error.isEmpty()
        ? Optional.empty()
        : Optional.of(new EventDraft(EventType.LISTEN_FAILED, Severity.ERROR, 0, 0, error));
  }

  /// Shows the present state to everybody.
  ///
  /// @return what to tell, if the service's status is another one now
  Optional<EventDraft> show(
      ServiceState state, Optional<ServiceRoute> route, LoadWindow load, Instant now) {
    ServiceView before = view;
    ServiceView next = describe(state, condition(state, now), route, load, now);
    if (next.equals(before)) {
      return Optional.empty();
    }
    view = next;
    watchers.publishLatest(new WatchMessage.Seen(next));
    return before.status() == next.status() ? Optional.empty() : news(before.status(), next);
  }

  /// The service is over.
  void gone() {
    gone = true;
    watchers.publishLatest(new WatchMessage.Gone(view.name()));
  }

  /// Ends all subscriptions.
  void close() {
    watchers.close();
  }

  private ServiceCondition condition(ServiceState state, Instant now) {
    if (!unreadable.isEmpty() && !state.service().ending()) {
      return new ServiceCondition(
          ServiceStatus.CONTROLLER_FAILED,
          "what was stored cannot be read: " + String.join("; ", unreadable));
    }
    ServiceCondition condition = ServiceStatusRule.of(state, now);
    if (!served
        && (condition.status() == ServiceStatus.READY
            || condition.status() == ServiceStatus.NO_REPLICA)) {
      return new ServiceCondition(
          ServiceStatus.REPLICA_INIT,
          "waiting for the load balancer to open port " + state.service().listenPort());
    }
    if (listenError.isEmpty()) {
      return condition;
    }
    return new ServiceCondition(
        condition.status(),
        condition.reason().isEmpty() ? listenError : listenError + "; " + condition.reason());
  }

  private ServiceView describe(
      ServiceState state,
      ServiceCondition condition,
      Optional<ServiceRoute> route,
      LoadWindow load,
      Instant now) {
    if (condition.status() != ServiceStatus.READY) {
      readySince = null;
    } else if (readySince == null) {
      readySince = now;
    }
    return ServiceViews.of(state, condition, route, balancer, readySince, load);
  }

  private static Optional<EventDraft> news(ServiceStatus before, ServiceView next) {
    return switch (next.status()) {
      case READY -> news(EventType.SERVICE_READY, Severity.INFO, "was " + before, next);
      case FAILED, CONTROLLER_FAILED ->
          news(EventType.SERVICE_FAILED, Severity.ERROR, next.reason(), next);
      case NO_REPLICA -> news(EventType.SERVICE_SCALED_TO_ZERO, Severity.INFO, next.reason(), next);
      case CONTROLLER_INIT, REPLICA_INIT, SHUTTING_DOWN, FAILED_CLEANUP -> Optional.empty();
    };
  }

  private static Optional<EventDraft> news(
      EventType type, Severity severity, String message, ServiceView about) {
    return Optional.of(new EventDraft(type, severity, about.version(), 0, message));
  }
}
