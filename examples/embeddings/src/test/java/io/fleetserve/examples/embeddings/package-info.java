@NullMarked
package io.fleetserve.examples.embeddings;

import org.jspecify.annotations.NullMarked;
