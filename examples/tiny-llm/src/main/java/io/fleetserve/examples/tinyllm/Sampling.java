package io.fleetserve.examples.tinyllm;

import java.util.List;
import java.util.OptionalInt;

/// How the next token is chosen, and when to stop.
///
/// @param temperature 0 is greedy
/// @param topP share of probability kept, in (0, 1]
/// @param seed empty for a random one
/// @param stop texts that end the answer and are not part of it
record Sampling(double temperature, double topP, OptionalInt seed, List<String> stop) {
  Sampling {
    stop = List.copyOf(stop);
  }
}
