/// Network addresses as people write them. Depends on nothing.
@NullMarked
package io.fleetserve.api.net;

import org.jspecify.annotations.NullMarked;
