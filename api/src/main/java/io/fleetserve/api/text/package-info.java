/// Wording shared by messages of all programs.
@NullMarked
package io.fleetserve.api.text;

import org.jspecify.annotations.NullMarked;
