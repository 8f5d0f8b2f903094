/// YAML text as a tree that knows where each value stands, for error messages. Start in
/// [YamlReader]. Reads YAML 1.2 with the core schema, plus merge keys; see `docs/service-file.md`.
@NullMarked
package io.fleetserve.api.yaml;

import org.jspecify.annotations.NullMarked;
