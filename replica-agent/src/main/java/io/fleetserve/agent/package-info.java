/// The replica agent: one small process beside one server. It prepares the folder, runs `setup`
/// once, starts `run`, probes it, restarts or gives it up, ships its output, and ends everything of
/// the replica on command.
///
/// Start in [ReplicaMachine], the pure rules with the diagram; [Supervisor] carries out what they
/// decide; [AgentMain] wires. May depend on `api` only. What is loaded before `run` is spawned is
/// kept small, because a request may be waiting for it.
@NullMarked
package io.fleetserve.agent;

import org.jspecify.annotations.NullMarked;
