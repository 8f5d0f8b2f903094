package io.fleetserve.examples.tinyllm;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Shapes the JSON of one answer, whole and in chunks, for chats and for plain texts.
///
/// @param id of the answer, the same in all its chunks
/// @param createdSeconds since 1970
/// @param includeUsage whether chunks carry a `usage` member (null until the last)
record Replies(boolean chat, String id, String model, long createdSeconds, boolean includeUsage) {

  ObjectNode whole(String text, Usage usage) {
    ObjectNode body = head(chat ? "chat.completion" : "text_completion");
    ObjectNode choice = choice(body, usage.finishReason());
    if (chat) {
      choice.putObject("message").put("role", "assistant").put("content", text);
    } else {
      choice.put("text", text);
    }
    body.set("usage", usage.json());
    return body;
  }

  /// The chunk that names the speaker; only chats have it.
  ObjectNode opening() {
    ObjectNode body = chunk();
    choice(body, null).putObject("delta").put("role", "assistant").put("content", "");
    return body;
  }

  ObjectNode piece(String text) {
    ObjectNode body = chunk();
    ObjectNode choice = choice(body, null);
    if (chat) {
      choice.putObject("delta").put("content", text);
    } else {
      choice.put("text", text);
    }
    return body;
  }

  ObjectNode closing(Usage usage) {
    ObjectNode body = chunk();
    ObjectNode choice = choice(body, usage.finishReason());
    if (chat) {
      choice.putObject("delta");
    } else {
      choice.put("text", "");
    }
    return body;
  }

  /// The chunk without choices that a client asked for with `include_usage`.
  ObjectNode usage(Usage usage) {
    ObjectNode body = chunk();
    body.putArray("choices");
    body.set("usage", usage.json());
    return body;
  }

  private ObjectNode chunk() {
    ObjectNode body = head(chat ? "chat.completion.chunk" : "text_completion");
    if (includeUsage) {
      body.putNull("usage");
    }
    return body;
  }

  private ObjectNode head(String object) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("id", id)
        .put("object", object)
        .put("created", createdSeconds)
        .put("model", model);
  }

  private static ObjectNode choice(ObjectNode body, @Nullable String finishReason) {
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    choice.putNull("logprobs");
    return choice.put("finish_reason", finishReason);
  }

  /// What an answer cost and why it ended.
  ///
  /// @param finishReason `stop` or `length`
  record Usage(int promptTokens, int completionTokens, String finishReason) {
    ObjectNode json() {
      return JsonMapper.shared()
          .createObjectNode()
          .put("prompt_tokens", promptTokens)
          .put("completion_tokens", completionTokens)
          .put("total_tokens", promptTokens + completionTokens);
    }
  }
}
