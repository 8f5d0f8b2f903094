/// What to do next for one service: level-triggered plans, routes and the service's status, all
/// pure. Start in [ServicePlanner]. May depend on `model`, `rollout`, `autoscale`, `placement`,
/// `spot`, `api` and the provider SPI.
@NullMarked
package io.fleetserve.controller.reconcile;

import org.jspecify.annotations.NullMarked;
