package io.fleetserve.api.spec;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Sequence;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON Schema of service files (draft 2020-12), as shipped in `service.schema.json`.
///
/// Messages take what is expected from the schema's `title`s, and suggestions from its property and
/// enum names. Thread-safe.
final class ServiceSchema {
  private static final JsonMapper JSON = new JsonMapper();

  private final JsonNode root;
  private final Schema schema;

  private ServiceSchema(JsonNode root) {
    this.root = root;
    this.schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(root);
  }

  /// Loaded at the first use: it costs some hundred milliseconds in a fresh JVM.
  private static final class Holder {
    static final ServiceSchema SCHEMA = load();

    private static ServiceSchema load() {
      try (InputStream in = ServiceSchema.class.getResourceAsStream("service.schema.json")) {
        return new ServiceSchema(JSON.readTree(in));
      } catch (IOException e) {
        throw new UncheckedIOException("service.schema.json", e);
      }
    }
  }

  static ServiceSchema get() {
    return Holder.SCHEMA;
  }

  JsonNode json() {
    return root;
  }

  /// See [SchemaShape].
  Mapping shape(Mapping file) {
    return (Mapping) new SchemaShape(root).shape(file, root);
  }

  /// Reports everything in a shaped file that the schema does not allow.
  void check(Mapping file, Problems problems) {
    SchemaMessage messages = new SchemaMessage(root);
    for (Error error : schema.validate(JSON.valueToTree(file.plainValue()))) {
      Place place = locate(file, error.getInstanceLocation());
      messages.report(error, place, problems);
    }
  }

  /// A value in the file.
  ///
  /// @param line of its key, or of itself when it is a list item
  record Place(YamlNode node, String path, int line, int column) {
    String child(String key) {
      return path.isEmpty() ? key : path + "." + key;
    }
  }

  private static Place locate(Mapping file, NodePath location) {
    Place at = new Place(file, "", 1, 1);
    for (int i = 0; i < location.getNameCount(); i++) {
      at = step(at, location.getElement(i));
    }
    return at;
  }

  private static Place step(Place at, @Nullable Object element) {
    if (at.node() instanceof Mapping mapping) {
      String key = String.valueOf(element);
      YamlNode.Entry entry = mapping.entry(key).orElseThrow();
      return new Place(entry.value(), at.child(key), entry.line(), entry.column());
    }
    int index = Integer.parseInt(String.valueOf(element));
    YamlNode item = ((Sequence) at.node()).items().get(index);
    return new Place(item, at.path() + "[" + index + "]", item.line(), item.column());
  }
}
