package io.fleetserve.controller.run;

import io.fleetserve.api.wire.EventView;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.prometheus.PrometheusClient;
import io.fleetserve.controller.store.Store;
import io.fleetserve.controller.stream.AgentCommands;
import io.fleetserve.controller.stream.EndpointPublisher;
import io.fleetserve.controller.stream.LoadReports;
import io.fleetserve.controller.stream.Topic;
import io.fleetserve.controller.telemetry.Metrics;
import java.time.Clock;
import java.util.concurrent.Executor;

/// What every service loop works with; all of it is thread-safe.
///
/// @param threads one virtual thread per task, for provider calls
record LoopContext(
    Store store,
    EndpointPublisher endpoints,
    AgentCommands agents,
    LoadReports reports,
    Topic<EventView> events,
    Providers providers,
    ReplicaLogs logs,
    AgentBoots boots,
    ControllerConfig config,
    Metrics metrics,
    PrometheusClient prometheus,
    Clock clock,
    Executor threads) {}
