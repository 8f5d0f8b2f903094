package io.fleetserve.controller.decision;

import io.fleetserve.controller.load.LoadView;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A view of the load that writes down what it was asked and what it answered, and one that gives
/// the same answers again. Stateless.
///
/// What a policy asked for is all that it can have decided by, and far less than the measurements
/// behind it. Both views are made for whatever [LoadView] has to offer, so that a question added
/// there is recorded too.
final class RecordedLoad {
  private static final Object[] NOTHING = {};

  private RecordedLoad() {}

  /// A view that answers as `load` does.
  ///
  /// @param answers gets question and answer
  static LoadView recording(LoadView load, ObjectNode answers) {
    return view((method, arguments) -> {
      Object answer = invoke(load, method, arguments);
      answers.set(question(method, arguments), RecordedJson.tree(answer));
      return answer;
    });
  }

  /// A view that knows what was recorded; anything else ends in an [IllegalStateException].
  static LoadView replaying(JsonNode answers) {
    return view((method, arguments) -> {
      String question = question(method, arguments);
      JsonNode answer = answers.path(question);
      if (answer.isMissingNode()) {
        throw new IllegalStateException("nobody asked then for " + question);
      }
      return RecordedJson.value(answer, method.getGenericReturnType());
    });
  }

  private interface Answer {
    @Nullable Object of(Method method, @Nullable Object[] arguments);
  }

  private static LoadView view(Answer answer) {
    return LoadView.class.cast(
        Proxy.newProxyInstance(
            LoadView.class.getClassLoader(),
            new Class<?>[] {LoadView.class},
            (self, method, arguments) ->
                method.getDeclaringClass() == Object.class
                    ? method.invoke(answer, arguments)
                    : answer.of(method, arguments == null ? NOTHING : arguments)));
  }

  private static @Nullable Object invoke(
      LoadView load, Method method, @Nullable Object[] arguments) {
    try {
      return method.invoke(load, arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(method.getName() + " failed", e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method.getName() + " is not there for all", e);
    }
  }

  private static String question(Method method, @Nullable Object[] arguments) {
    return method.getName()
        + Arrays.stream(arguments).map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
  }
}
