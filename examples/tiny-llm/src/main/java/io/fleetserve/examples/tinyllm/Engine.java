package io.fleetserve.examples.tinyllm;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A loaded language model. Thread-safe; callers beyond its slots only slow each other down.
interface Engine {
  /// Tokens that one prompt and its answer may take together.
  int contextTokens();

  /// Tokens of a prompt, the one that opens every text included.
  int countTokens(String prompt);

  /// The conversation as the model's template writes it, ready to be continued by the assistant.
  String template(List<Message> messages);

  /// Continues a prompt until the model ends, a stop text appears, `maxTokens` are made or
  /// `cancelled` says so. Blocks the calling thread.
  ///
  /// @param pieces takes the text as it grows, on the calling thread
  /// @return number of tokens made, and whether the limit ended the answer
  Outcome generate(
      String prompt,
      int maxTokens,
      Sampling sampling,
      Consumer<String> pieces,
      BooleanSupplier cancelled);

  /// How a generation ended.
  record Outcome(int tokens, boolean limitReached) {}
}
