/// Records that cross process boundaries: REST bodies, endpoint stream, load report, agent
/// protocol. Start in [EndpointSnapshot], [LoadReport], [AgentBoot] and [ServiceView].
@NullMarked
package io.fleetserve.api.wire;

import org.jspecify.annotations.NullMarked;
