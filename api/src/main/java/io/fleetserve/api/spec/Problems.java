package io.fleetserve.api.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What is wrong with one file, while it is being read. Used by one thread.
final class Problems {
  private final String file;
  private final List<SpecProblem> found = new ArrayList<>();
  private final Set<String> paths = new HashSet<>();

  Problems(String file) {
    this.file = file;
  }

  /// Adds a problem; the same one at the same place is kept once (values shared by candidates and
  /// aliases are seen several times).
  void add(int line, int column, String path, String message) {
    boolean known =
        found.stream()
            .anyMatch(p -> p.line() == line && p.column() == column && p.message().equals(message));
    if (!known) {
      found.add(new SpecProblem(file, line, column, path, message));
    }
    paths.add(path);
  }

  /// Whether something is wrong with the value at `path` itself. Readers treat such a value as not
  /// given, so that one mistake makes one message.
  boolean reported(String path) {
    return paths.contains(path);
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      List<SpecProblem> inFileOrder = new ArrayList<>(found);
      inFileOrder.sort(
          Comparator.comparingInt(SpecProblem::line)
              .thenComparingInt(SpecProblem::column)
              .thenComparing(SpecProblem::path));
      throw new SpecException(inFileOrder);
    }
  }
}
