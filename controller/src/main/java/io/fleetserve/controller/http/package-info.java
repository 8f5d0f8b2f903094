/// The REST API under `/api/v1`: routes as data, authentication, problem documents and streams.
/// Start in [ApiServer] and [Route]; `openapi.yaml` of the api module is the contract. Only
/// [ApiServer] and [Exchange] know the HTTP library.
@NullMarked
package io.fleetserve.controller.http;

import org.jspecify.annotations.NullMarked;
