package io.fleetserve.api.spec;

import io.fleetserve.api.spec.ResourcesReader.Candidates;
import io.fleetserve.api.yaml.YamlDocument;
import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Sequence;
import io.fleetserve.api.yaml.YamlReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a service file: YAML, then `$NAME` filling, then the JSON Schema (`service.schema.json`:
/// structure, types, ranges, unknown keys), then the rules between keys, then the records. Every
/// step reports all it finds; a value that is reported once is not looked at again. Touches no file
/// and no network. Thread-safe.
public final class SpecReader {
  /// Top-level keys that are kept as written in [ServiceSpec#other()].
  private static final List<String> KEPT =
      List.of("volumes", "config", "experimental", "event_callback");

  private SpecReader() {}

  /// Reads a service file.
  ///
  /// @throws SpecException with everything that is wrong, in file order. No message holds the value
  ///   of a secret
  public static ServiceSpec read(SpecSource source) {
    Problems problems = new Problems(source.fileName());
    Mapping file = yaml(source, problems);
    Section root = Section.root(problems, file);
    Variables variables = Variables.of(root, source);
    Mapping shaped = ServiceSchema.get().shape(variables.fill(root));
    ServiceSchema.get().check(shaped, problems);
    return spec(Section.root(problems, shaped), source, variables);
  }

  private static Mapping yaml(SpecSource source, Problems problems) {
    YamlDocument document = YamlReader.read(source.yaml());
    document.problems().forEach(p -> problems.add(p.line(), p.column(), p.path(), p.message()));
    YamlNode root = document.root();
    if (root instanceof Mapping mapping) {
      return mapping;
    }
    if (document.problems().isEmpty()) {
      String what =
          root == null || YamlNode.isNull(root)
              ? "the file is empty"
              : root instanceof Sequence ? "the file is a list" : "the file is a single value";
      problems.add(0, 0, "", what + " (expected: keys such as `service:` and `run:`)");
    }
    problems.throwIfAny();
    throw new IllegalStateException("no problem, but no mapping either");
  }

  private static ServiceSpec spec(Section root, SpecSource source, Variables variables) {
    Problems problems = root.problems();
    LocalPaths paths =
        new LocalPaths(Path.of(source.baseFolder()), Path.of(System.getProperty("user.home", "/")));
    Section resourcesSection = root.sectionOrEmpty("resources");
    Candidates candidates = new ResourcesReader(resourcesSection).read();
    Section service = root.sectionOrEmpty("service");
    ServiceSection serviceSection =
        new ServiceReader(service, paths).read(resourcesSection, candidates.candidates());
    SpotRules.check(service, resourcesSection, candidates.candidates());
    MountsReader mounts = new MountsReader(root, paths);
    Workdir workdir = mounts.workdir();
    Map<String, FileMount> fileMounts = mounts.fileMounts();
    String run = root.text("run").orElse("");
    if (root.has("run") && run.isBlank() && !problems.reported("run")) {
      root.wrongKey("run", "empty (expected: shell text that starts the server on $PORT)");
    }
    for (String key : List.of("setup", "run")) {
      if (root.text(key).orElse("").indexOf('\0') >= 0) {
        root.wrongKey(key, "has a NUL character, which no shell can take (remove it)");
      }
    }
    problems.throwIfAny();
    return new ServiceSpec(
        root.text("name").orElse(null),
        serviceSection,
        candidates.candidates(),
        candidates.ordered(),
        root.integer("num_nodes").orElse(1),
        variables.envs(),
        variables.secrets(),
        workdir,
        fileMounts,
        root.text("setup").filter(setup -> !setup.isBlank()).orElse(null),
        run,
        other(root));
  }

  private static Map<String, Object> other(Section root) {
    Map<String, Object> other = new LinkedHashMap<>();
    KEPT.forEach(key -> keep(root, key, other));
    return other;
  }

  private static void keep(Section section, String key, Map<String, Object> other) {
    Object value = section.value(key).map(YamlNode::plainValue).orElse(null);
    if (value != null) {
      other.put(section.pathOf(key), value);
    }
  }
}
