package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Reads `readiness_probe`: a path, or a mapping.
final class ProbeReader {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private ProbeReader() {}

  static ReadinessProbe read(Section service) {
    ReadinessProbe defaults = ReadinessProbe.DEFAULT;
    if (service.text("readiness_probe").isPresent()) {
      return probe(service.text("readiness_probe").orElseThrow(), null, Map.of(), service, null);
    }
    return service.section("readiness_probe").map(ProbeReader::mapping).orElse(defaults);
  }

  private static ReadinessProbe mapping(Section probe) {
    String path = probe.text("path").orElse(ReadinessProbe.DEFAULT.path());
    @Nullable String grpc =
        probe.section("grpc").map(section -> section.text("service").orElse("")).orElse(null);
    if (!probe.has("path") && !probe.has("grpc")) {
      probe
          .problems()
          .add(
              probe.line(),
              probe.column(),
              probe.pathOf("path"),
              "missing (expected: a path that starts with /, or grpc instead)");
    } else if (probe.has("path") && probe.has("grpc")) {
      probe.wrongKey("grpc", "not together with path (expected: one of the two)");
    } else if (probe.has("post_data") && probe.has("grpc")) {
      probe.wrongKey("post_data", "not together with grpc, whose message is fixed (remove it)");
    }
    return probe(path, postData(probe), headers(probe), probe, grpc);
  }

  private static ReadinessProbe probe(
      String path,
      @Nullable String postData,
      Map<String, String> headers,
      Section times,
      @Nullable String grpc) {
    ReadinessProbe defaults = ReadinessProbe.DEFAULT;
    return new ReadinessProbe(
        path,
        postData,
        headers,
        times.seconds("initial_delay_seconds").orElse(defaults.initialDelay()),
        times.seconds("timeout_seconds").orElse(defaults.timeout()),
        times.seconds("endpoint_probe_interval_seconds").orElse(defaults.interval()),
        times.seconds("consecutive_failure_threshold_timeout").orElse(defaults.failureWindow()),
        grpc);
  }

  private static @Nullable String postData(Section probe) {
    YamlNode data = probe.value("post_data").orElse(null);
    if (data instanceof Mapping mapping) {
      return JSON.writeValueAsString(mapping.plainValue());
    }
    if (!(data instanceof Scalar scalar) || !(scalar.value() instanceof String text)) {
      return null;
    }
    try {
      JSON.readTree(text);
      return text.strip();
    } catch (JacksonException ignored) {
      // The parser's message quotes the text, which may hold a secret.
      probe.wrong("post_data", " is not valid JSON (expected: JSON text, or a mapping)");
      return null;
    }
  }

  private static Map<String, String> headers(Section probe) {
    Map<String, String> headers = probe.sectionOrEmpty("headers").texts();
    headers.forEach((name, value) -> {
      Section section = probe.sectionOrEmpty("headers");
      if (!HEADER.matcher(name).matches()) {
        section.wrongKey(name, "not a header name (expected: letters, digits and -)");
      } else if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 127)) {
        section.wrong(name, " has a line break or control character (expected: one line)");
      }
    });
    return headers;
  }
}
