/// Keys of structured log fields, and the size-bounded log file that agent and controller share.
@NullMarked
package io.fleetserve.api.log;

import org.jspecify.annotations.NullMarked;
