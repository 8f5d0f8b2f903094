package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.ServiceStatus;

/// The status of a service and why.
///
/// @param reason one line; empty when nothing needs saying
public record ServiceCondition(ServiceStatus status, String reason) {}
