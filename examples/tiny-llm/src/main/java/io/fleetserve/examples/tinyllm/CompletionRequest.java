package io.fleetserve.examples.tinyllm;

import java.util.List;
import java.util.OptionalInt;

/// A validated request for an answer.
///
/// @param model as the client wrote it; echoed, never checked
/// @param maxTokens empty for as many as fit
/// @param includeUsage whether a stream ends with a chunk of usage numbers
record CompletionRequest(
    Input input,
    String model,
    OptionalInt maxTokens,
    Sampling sampling,
    boolean stream,
    boolean includeUsage) {

  /// What is to be continued.
  sealed interface Input {}

  /// A conversation, put into the model's own template.
  record Conversation(List<Message> messages) implements Input {
    public Conversation {
      messages = List.copyOf(messages);
    }
  }

  /// Text continued as it is.
  record Text(String prompt) implements Input {}
}
