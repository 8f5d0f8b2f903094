package io.fleetserve.examples.tinyllm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads and checks the bodies of completion requests; refuses with [ApiError]. Thread-safe.
final class RequestReader {
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");
  private static final int MAX_STOPS = 4;
  private static final double DEFAULT_TEMPERATURE = 0.8;
  private static final int DEFAULT_TEXT_TOKENS = 16;

  private final String defaultModel;

  RequestReader(String defaultModel) {
    this.defaultModel = defaultModel;
  }

  /// A body of `/v1/chat/completions`.
  CompletionRequest chat(byte[] body) {
    JsonNode root = object(body);
    OptionalInt limit = integer(root, "max_completion_tokens", 1, Integer.MAX_VALUE);
    if (limit.isEmpty()) {
      limit = integer(root, "max_tokens", 1, Integer.MAX_VALUE);
    }
    return request(root, new CompletionRequest.Conversation(messages(root)), limit);
  }

  /// A body of `/v1/completions`.
  CompletionRequest text(byte[] body) {
    JsonNode root = object(body);
    OptionalInt limit = integer(root, "max_tokens", 1, Integer.MAX_VALUE);
    return request(
        root,
        new CompletionRequest.Text(prompt(root)),
        limit.isPresent() ? limit : OptionalInt.of(DEFAULT_TEXT_TOKENS));
  }

  private CompletionRequest request(
      JsonNode root, CompletionRequest.Input input, OptionalInt limit) {
    integer(root, "n", 1, 1);
    JsonNode model = member(root, "model");
    Sampling sampling =
        new Sampling(
            number(root, "temperature", 0, 2, DEFAULT_TEMPERATURE),
            number(root, "top_p", 0, 1, 1),
            integer(root, "seed", Integer.MIN_VALUE, Integer.MAX_VALUE),
            stops(root));
    JsonNode options = member(root, "stream_options");
    return new CompletionRequest(
        input,
        model == null ? defaultModel : model.asString(defaultModel),
        limit,
        sampling,
        flag(root, "stream"),
        options != null && flag(options, "include_usage"));
  }

  private static JsonNode object(byte[] body) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      throw ApiError.invalid("", "the body is not JSON: " + e.getOriginalMessage());
    }
    if (!root.isObject()) {
      throw ApiError.invalid("", "the body must be a JSON object");
    }
    return root;
  }

  private static List<Message> messages(JsonNode root) {
    JsonNode array = member(root, "messages");
    if (array == null || !array.isArray() || array.isEmpty()) {
      throw ApiError.invalid("messages", "messages: expected a list of at least one message");
    }
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      String where = "messages[" + i + "]";
      JsonNode message = array.get(i);
      String role = message.path("role").asString("");
      if (!ROLES.contains(role)) {
        throw ApiError.invalid(
            where, "%s.role: \"%s\" (expected one of %s)".formatted(where, role, ordered(ROLES)));
      }
      String content = content(message.path("content"), where + ".content");
      messages.add(new Message(role.equals("developer") ? "system" : role, content));
    }
    return messages;
  }

  private static List<String> ordered(Set<String> names) {
    return names.stream().sorted().toList();
  }

  private static String content(JsonNode content, String where) {
    if (content.isString()) {
      return content.asString();
    }
    if (!content.isArray()) {
      throw ApiError.invalid(where, where + ": expected text, or a list of text parts");
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("type").asString("").equals("text") || !part.path("text").isString()) {
        throw ApiError.invalid(where, where + ": only parts of type \"text\" are understood");
      }
      text.append(part.path("text").asString());
    }
    return text.toString();
  }

  private static String prompt(JsonNode root) {
    JsonNode prompt = member(root, "prompt");
    if (prompt != null && prompt.isArray() && prompt.size() == 1) {
      prompt = prompt.get(0);
    }
    if (prompt == null || !prompt.isString()) {
      throw ApiError.invalid("prompt", "prompt: expected one text");
    }
    return prompt.asString();
  }

  private static List<String> stops(JsonNode root) {
    JsonNode stop = member(root, "stop");
    if (stop == null) {
      return List.of();
    }
    List<JsonNode> texts = stop.isArray() ? stop.valueStream().toList() : List.of(stop);
    if (texts.size() > MAX_STOPS
        || !texts.stream().allMatch(text -> text.isString() && !text.asString().isEmpty())) {
      throw ApiError.invalid("stop", "stop: expected a text, or a list of at most " + MAX_STOPS);
    }
    return texts.stream().map(JsonNode::asString).toList();
  }

  private static OptionalInt integer(JsonNode root, String name, int min, int max) {
    JsonNode value = member(root, name);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw outside(name, value, min, max);
    }
    int number = value.asInt();
    if (number < min || number > max) {
      throw outside(name, value, min, max);
    }
    return OptionalInt.of(number);
  }

  private static double number(
      JsonNode root, String name, double min, double max, double otherwise) {
    JsonNode value = member(root, name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isNumber() || value.asDouble() < min || value.asDouble() > max) {
      throw outside(name, value, min, max);
    }
    return value.asDouble();
  }

  private static ApiError outside(String name, JsonNode value, Number min, Number max) {
    String range = min.equals(max) ? "only " + min : min + " to " + max;
    return ApiError.invalid(name, "%s: %s (expected: %s)".formatted(name, value, range));
  }

  private static boolean flag(JsonNode root, String name) {
    JsonNode value = member(root, name);
    if (value != null && !value.isBoolean()) {
      throw ApiError.invalid(name, "%s: %s (expected: true or false)".formatted(name, value));
    }
    return value != null && value.asBoolean();
  }

  /// A member's value; null when it is absent or JSON null.
  private static @Nullable JsonNode member(JsonNode root, String name) {
    JsonNode value = root.get(name);
    return value == null || value.isNull() ? null : value;
  }
}
