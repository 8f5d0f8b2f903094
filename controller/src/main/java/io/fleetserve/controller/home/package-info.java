/// The home folder: its layout, settings, tokens and lock. Start in [HomeFolder] and
/// [ControllerConfig]. Depends on `api` and the YAML parser only.
@NullMarked
package io.fleetserve.controller.home;

import org.jspecify.annotations.NullMarked;
