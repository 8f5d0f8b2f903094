/// Backoff, retry budget and deadlines: rules shared by all programs.
@NullMarked
package io.fleetserve.api.retry;

import org.jspecify.annotations.NullMarked;
