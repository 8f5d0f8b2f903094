/// What survives the controller: services, versions, replicas, provider calls and events. Start in
/// [Store]. Depends on `api`, the model records, JDBI, Flyway and the SQLite driver; nothing else
/// of the controller knows SQL.
@NullMarked
package io.fleetserve.controller.store;

import org.jspecify.annotations.NullMarked;
