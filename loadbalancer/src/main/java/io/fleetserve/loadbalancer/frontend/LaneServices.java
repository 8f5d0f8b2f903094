package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.admission.HoldQueue;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import io.fleetserve.loadbalancer.telemetry.Tracing;
import io.fleetserve.loadbalancer.upstream.UpstreamPool;
import org.jspecify.annotations.Nullable;

/// What a request needs, of one lane.
///
/// @param log null without an access log
/// @param urgency tells the controller at once
/// @param connections all client connections, over all lanes
/// @param tracing null without
record LaneServices(
    Lane lane,
    UpstreamPool pool,
    HoldQueue holds,
    Routing routing,
    ProxySettings settings,
    AccessLog.@Nullable Part log,
    Urgency urgency,
    Connections connections,
    @Nullable Tracing tracing) {}
