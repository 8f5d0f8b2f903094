package io.fleetserve.examples.tinyllm;

import tools.jackson.databind.node.ObjectNode;

/// Takes the answer to one request: either one [#whole], or any number of [#event]s and one
/// [#done], or a [#fail] at any time. Called from one thread at a time.
interface ReplyWriter {
  void whole(ObjectNode body);

  void event(ObjectNode chunk);

  void done();

  void fail(ApiError error);
}
