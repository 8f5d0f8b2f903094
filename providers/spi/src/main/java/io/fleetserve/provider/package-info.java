/// The provider SPI: all the controller knows about machines. Start in [InstanceProvider]; every
/// provider passes `InstanceProviderConformance` of this module's test jar. May depend on `api`.
@NullMarked
package io.fleetserve.provider;

import org.jspecify.annotations.NullMarked;
