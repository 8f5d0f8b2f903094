/// Reads the files people configure the product with, strictly: every error names file, line,
/// column, key, value and what is expected. Start in [ConfigText]. Depends on `yaml`, `text` and
/// `unit`.
@NullMarked
package io.fleetserve.api.config;

import org.jspecify.annotations.NullMarked;
