package io.fleetserve.controller.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlReader;
import io.fleetserve.controller.run.TestFleet;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds `openapi.yaml`, the routes and the wire records together.
final class OpenApiTest {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  @Test
  void everyRouteIsDocumentedWithItsTokenAndNothingElseIs(@TempDir Path folder) throws Exception {
    Set<String> documented = new TreeSet<>();
    map(document(), "paths")
        .forEach((path, item) ->
            asMap(item)
                .forEach((method, operation) -> {
                  if (METHODS.contains(method)) {
                    documented.add(
                        method.toUpperCase(Locale.ROOT)
                            + " "
                            + path
                            + " "
                            + access(asMap(operation)));
                  }
                }));
    try (TestFleet fleet = new TestFleet(folder.resolve("home"))) {
      Set<String> routes = new TreeSet<>();
      fleet
          .routes()
          .forEach(route -> routes.add(route.method() + " " + route.path() + " " + route.access()));

      assertThat(documented).isEqualTo(routes);
    }
  }

  private static Route.Access access(Map<String, Object> operation) {
    String security = String.valueOf(operation.get("security"));
    if (security.contains("loadBalancer")) {
      return Route.Access.LOAD_BALANCER;
    }
    if (security.contains("join")) {
      return Route.Access.JOIN;
    }
    if (security.contains("fetch")) {
      return Route.Access.FETCH;
    }
    return security.contains("agent") ? Route.Access.AGENT : Route.Access.OPERATOR;
  }

  @Test
  void everySchemaHasExactlyTheFieldsOfItsRecord() throws Exception {
    List<String> wrong = new ArrayList<>();
    map(map(document(), "components"), "schemas")
        .forEach((name, schema) -> {
          if (asMap(schema).containsKey("properties")) {
            Set<String> documented = new TreeSet<>(map(asMap(schema), "properties").keySet());
            Set<String> fields = new TreeSet<>();
            Arrays.stream(record(name).getRecordComponents())
                .map(RecordComponent::getName)
                .forEach(fields::add);
            if (!documented.equals(fields)) {
              wrong.add(name + ": " + documented + " (expected: " + fields + ")");
            }
          }
        });

    assertThat(wrong).isEmpty();
  }

  private static Class<?> record(String name) {
    for (String prefix :
        List.of(
            "io.fleetserve.api.wire.",
            "io.fleetserve.api.spec.",
            "io.fleetserve.api.wire.LoadReport$",
            "io.fleetserve.api.wire.ControllerInfo$",
            "io.fleetserve.api.wire.DecisionView$")) {
      try {
        return Class.forName(prefix + name);
      } catch (ClassNotFoundException ignored) {
        // In another of them.
      }
    }
    throw new AssertionError("no record is named " + name);
  }

  private static Map<String, Object> document() throws Exception {
    try (InputStream in =
        OpenApiTest.class.getResourceAsStream("/io/fleetserve/api/openapi.yaml")) {
      assertThat(in).isNotNull();
      var read = YamlReader.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      assertThat(read.problems()).isEmpty();
      YamlNode root = read.root();
      return root == null ? Map.of() : asMap(root.plainValue());
    }
  }

  private static Map<String, Object> map(Map<String, Object> parent, String key) {
    return asMap(parent.get(key));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMap(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
