/// What is pushed to load balancers, agents and people who watch: state is kept here, so that a
/// subscriber that comes (back) is told the present first and changes after. Start in
/// [EndpointPublisher] and [AgentCommands]. Depends on `api` and the pure records only; knows no
/// HTTP and no store.
@NullMarked
package io.fleetserve.controller.stream;

import org.jspecify.annotations.NullMarked;
