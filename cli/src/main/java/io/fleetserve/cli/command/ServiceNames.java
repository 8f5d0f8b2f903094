package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.CommandFailure;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/// Picks services by name or by glob (`*`, `?`, `[...]`, `{...}`).
final class ServiceNames {
  private ServiceNames() {}

  /// The services that fit at least one pattern, in the order of the patterns, each once.
  ///
  /// @throws CommandFailure that names every pattern that fits none
  static List<ServiceView> select(List<ServiceView> services, List<String> patterns) {
    Map<String, ServiceView> selected = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (String pattern : patterns) {
      List<ServiceView> fitting =
          services.stream().filter(service -> fits(pattern, service.name())).toList();
      if (fitting.isEmpty()) {
        missing.add(pattern);
      }
      fitting.forEach(service -> selected.put(service.name(), service));
    }
    if (!missing.isEmpty()) {
      throw missing(missing, services);
    }
    return List.copyOf(selected.values());
  }

  static boolean isGlob(String pattern) {
    return pattern.matches(".*[*?\\[{].*");
  }

  private static boolean fits(String pattern, String name) {
    if (!isGlob(pattern)) {
      return pattern.equals(name);
    }
    try {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
      return matcher.matches(Path.of(name));
    } catch (PatternSyntaxException e) {
      throw CommandFailure.wrong(List.of(pattern + ": not a glob: " + e.getDescription()));
    }
  }

  private static CommandFailure missing(List<String> missing, List<ServiceView> services) {
    String there =
        services.isEmpty()
            ? "There are no services."
            : "There are: "
                + String.join(", ", services.stream().map(ServiceView::name).sorted().toList())
                + ".";
    List<String> lines = new ArrayList<>();
    for (String pattern : missing) {
      lines.add(
          isGlob(pattern)
              ? "No service fits " + pattern + "."
              : "There is no service " + pattern + ".");
    }
    lines.add(there);
    return CommandFailure.failed(lines.toArray(String[]::new));
  }
}
