package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentReport;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// JSON by streaming: data binding would cost the agent start time and memory. Thread-safe.
final class AgentJson {
  private static final JsonFactory JSON = new JsonFactory();

  private AgentJson() {}

  /// The fields of a JSON object: text, Boolean, Long or Double, List, Map, or null.
  ///
  /// @throws IllegalArgumentException when it is no JSON object
  static Map<String, @Nullable Object> object(byte[] utf8) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("not a JSON object");
      }
      return fields(parser);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Map<String, @Nullable Object> fields(JsonParser parser) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      fields.put(name, value(parser, parser.nextToken()));
    }
    return fields;
  }

  private static List<@Nullable Object> items(JsonParser parser) {
    List<@Nullable Object> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(value(parser, token));
    }
    return items;
  }

  private static @Nullable Object value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> fields(parser);
      case START_ARRAY -> items(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  static String write(AgentReport report) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("service", report.service());
      json.writeNumberProperty("replicaId", report.replicaId());
      json.writeNumberProperty("generation", report.generation());
      json.writeNumberProperty("sequence", report.sequence());
      json.writeNumberProperty("version", report.version());
      json.writeStringProperty("phase", report.phase().name());
      writeText(json, "host", report.host());
      json.writeNumberProperty("port", report.port());
      json.writeNumberProperty("agentPid", report.agentPid());
      json.writeNumberProperty("serverPid", report.serverPid());
      Integer exitCode = report.exitCode();
      if (exitCode == null) {
        json.writeNullProperty("exitCode");
      } else {
        json.writeNumberProperty("exitCode", exitCode);
      }
      json.writeNumberProperty("restarts", report.restarts());
      json.writeStringProperty("reason", report.reason());
      writeText(json, "lastProbe", report.lastProbe());
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void writeText(JsonGenerator json, String name, @Nullable String value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value);
    }
  }
}
