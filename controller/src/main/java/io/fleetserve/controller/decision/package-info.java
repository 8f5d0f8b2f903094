/// Decisions as they were made, with all they were made from, so that they can be explained and
/// made again. Start in [RecordedDecision]; [ScalingRecorder], [MixRecorder] and
/// [PlacementRecorder] make them and repeat them. Depends on `autoscale`, `spot`, `placement`,
/// `load`, `model` and Jackson; pure.
@NullMarked
package io.fleetserve.controller.decision;

import org.jspecify.annotations.NullMarked;
