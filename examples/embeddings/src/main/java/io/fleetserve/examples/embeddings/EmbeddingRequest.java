package io.fleetserve.examples.embeddings;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A validated body of `/v1/embeddings`.
///
/// @param model as the client wrote it; echoed, never checked
/// @param base64 vectors as text of little-endian floats instead of lists of numbers
record EmbeddingRequest(List<String> input, String model, boolean base64) {
  private static final int MAX_INPUTS = 1024;

  EmbeddingRequest {
    input = List.copyOf(input);
  }

  /// @throws ApiError 400 when the body is not understood
  static EmbeddingRequest read(byte[] body, String defaultModel) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      throw ApiError.invalid("the body is not JSON: " + e.getOriginalMessage());
    }
    JsonNode dimensions = member(root, "dimensions");
    if (dimensions != null && dimensions.asInt(0) != Encoder.DIMENSIONS) {
      throw ApiError.invalid(
          "dimensions: %s (expected: only %d)".formatted(dimensions, Encoder.DIMENSIONS));
    }
    JsonNode format = member(root, "encoding_format");
    String encoding = format == null ? "float" : format.asString("");
    if (!encoding.equals("float") && !encoding.equals("base64")) {
      throw ApiError.invalid(
          "encoding_format: %s (expected: \"float\" or \"base64\")".formatted(format));
    }
    JsonNode model = member(root, "model");
    return new EmbeddingRequest(
        texts(member(root, "input")),
        model == null ? defaultModel : model.asString(defaultModel),
        encoding.equals("base64"));
  }

  private static List<String> texts(@Nullable JsonNode input) {
    if (input != null && input.isString()) {
      return List.of(input.asString());
    }
    if (input == null
        || !input.isArray()
        || input.isEmpty()
        || input.size() > MAX_INPUTS
        || !input.valueStream().allMatch(JsonNode::isString)) {
      throw ApiError.invalid("input: expected a text, or a list of 1 to " + MAX_INPUTS + " texts");
    }
    return input.valueStream().map(JsonNode::asString).toList();
  }

  private static @Nullable JsonNode member(JsonNode root, String name) {
    JsonNode value = root.get(name);
    return value == null || value.isNull() ? null : value;
  }
}
