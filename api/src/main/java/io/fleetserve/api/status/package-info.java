/// States of services and replicas, in SkyServe's names. Start in [ReplicaStatus].
@NullMarked
package io.fleetserve.api.status;

import org.jspecify.annotations.NullMarked;
