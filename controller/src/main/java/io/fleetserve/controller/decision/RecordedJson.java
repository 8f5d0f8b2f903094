package io.fleetserve.controller.decision;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Records as JSON and back, where some components are not written: those that stand for something
/// else (a service file, a live view) are handed in again. Stateless.
///
/// It goes by the components that a record has, so a policy that is given more one day is recorded
/// and repeated with it.
final class RecordedJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private RecordedJson() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static JsonNode tree(@Nullable Object value) {
    return JSON.valueToTree(value);
  }

  static JsonNode read(String text) {
    return JSON.readTree(text);
  }

  static <T> T value(JsonNode node, Class<T> type) {
    return JSON.treeToValue(node, type);
  }

  static @Nullable Object value(JsonNode node, Type type) {
    return JSON.treeToValue(node, JSON.constructType(type));
  }

  /// A record, without the components of some types.
  static ObjectNode without(Record value, Class<?>... leftOut) {
    ObjectNode object = object();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      if (!Arrays.asList(leftOut).contains(component.getType())) {
        object.set(component.getName(), tree(read(component, value)));
      }
    }
    return object;
  }

  /// The same record with another value in the components of a type; nothing goes through JSON.
  static <T extends Record, C> T with(T value, Class<C> type, C other) {
    RecordComponent[] components = value.getClass().getRecordComponents();
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = components[i].getType() == type ? other : read(components[i], value);
    }
    @SuppressWarnings("unchecked") // the class of a T
    Class<T> same = (Class<T>) value.getClass();
    return make(same, components, values);
  }

  private static @Nullable Object read(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  /// The record again.
  ///
  /// @param handedIn what was left out, by its type
  static <T extends Record> T record(Class<T> type, JsonNode object, Map<Class<?>, ?> handedIn) {
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      @Nullable Object given = handedIn.get(components[i].getType());
      values[i] =
          given != null
              ? given
              : value(object.path(components[i].getName()), components[i].getGenericType());
    }
    return make(type, components, values);
  }

  private static <T extends Record> T make(
      Class<T> type, RecordComponent[] components, @Nullable Object[] values) {
    try {
      Constructor<T> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type.getSimpleName() + " again", e);
    }
  }
}
