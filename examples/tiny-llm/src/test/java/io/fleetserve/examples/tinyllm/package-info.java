@NullMarked
package io.fleetserve.examples.tinyllm;

import org.jspecify.annotations.NullMarked;
