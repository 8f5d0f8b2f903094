/// The control plane: one process that keeps services as their files say. Start in
/// [ControllerMain]. The packages model, replica, reconcile, rollout, autoscale, placement and load
/// decide and are pure; store, stream, balancer, run and http act.
@NullMarked
package io.fleetserve.controller;

import org.jspecify.annotations.NullMarked;
