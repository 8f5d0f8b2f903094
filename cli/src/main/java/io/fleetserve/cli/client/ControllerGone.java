package io.fleetserve.cli.client;

import java.io.IOException;

/// The controller did not answer, or stopped in the middle of an answer. Whether a call had its
/// effect is not known.
public final class ControllerGone extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ControllerGone(String call, IOException cause) {
    super("no complete answer from the controller to " + call + ": " + cause, cause);
  }
}
