package io.fleetserve.api.spec;

import io.fleetserve.api.spec.Resources.Amount;
import io.fleetserve.api.unit.ByteSize;
import io.fleetserve.api.yaml.YamlNode;
import io.fleetserve.api.yaml.YamlNode.Entry;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `resources:` into candidates.
///
/// ```
/// keys outside   any_of / ordered   accelerators        candidates
/// {A, B}         none               X                   {A, B, X}
/// {A, B}         [{A'}, {C}]        X                   {A', B, X}, {A, B, C, X}
/// {A}            none               [X, Y] or {X, Y}    {A, X}, {A, Y}
/// ```
final class ResourcesReader {
  /// Keys with a component of their own in [Resources]; the rest is kept as written.
  private static final Set<String> OWN =
      Set.of(
          "infra",
          "cloud",
          "region",
          "zone",
          "accelerators",
          "cpus",
          "memory",
          "instance_type",
          "use_spot",
          "ports",
          "max_hourly_cost",
          "any_of",
          "ordered");

  private static final Set<String> PLACE = Set.of("infra", "cloud", "region", "zone");

  private final Section section;

  ResourcesReader(Section section) {
    this.section = section;
  }

  /// What was read.
  ///
  /// @param candidates at least one
  record Candidates(List<Resources> candidates, boolean ordered) {}

  Candidates read() {
    if (section.has("any_of") && section.has("ordered")) {
      section.wrongKey("ordered", "given together with any_of (keep one of them)");
    }
    String list = section.has("ordered") ? "ordered" : "any_of";
    boolean ordered = section.has("ordered");
    List<Section> parts = parts(list);
    boolean alone = parts.size() == 1;
    List<Resources> candidates = new ArrayList<>();
    boolean orderedAccelerators = false;
    for (Section part : parts) {
      Accelerators accelerators = Accelerators.read(part);
      orderedAccelerators |= accelerators.ordered();
      if (!alone && accelerators.several() && ordered != accelerators.ordered()) {
        part.wrongKey(
            "accelerators",
            ordered
                ? "a set of several inside ordered (expected: one, or a list)"
                : "a list of several inside any_of (expected: one, or a set such as {H100, A100})");
      }
      for (Map<String, Double> each : accelerators.alternatives()) {
        candidates.add(candidate(part, each));
      }
    }
    return new Candidates(candidates, ordered || (alone && orderedAccelerators));
  }

  /// One section for each item of the list, filled up with the keys outside it.
  private List<Section> parts(String list) {
    List<YamlNode> items = section.items(list);
    if (items.isEmpty()) {
      return List.of(section);
    }
    List<Section> parts = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      section.item(list, i, items.get(i)).map(this::filledUp).ifPresent(parts::add);
    }
    return parts.isEmpty() ? List.of(section) : parts;
  }

  private Section filledUp(Section item) {
    for (String nested : List.of("any_of", "ordered")) {
      if (item.has(nested)) {
        item.wrongKey(nested, "nested candidates (expected: one level of any_of or ordered)");
      }
    }
    boolean ownPlace = PLACE.stream().anyMatch(item::has);
    Map<String, Entry> entries = new LinkedHashMap<>();
    section.mapping().entries().stream()
        .filter(e -> !Set.of("any_of", "ordered").contains(e.key()))
        .filter(e -> !(ownPlace && PLACE.contains(e.key())))
        .filter(e -> !section.problems().reported(section.pathOf(e.key())))
        .forEach(e -> entries.put(e.key(), e));
    item.mapping().entries().forEach(e -> entries.put(e.key(), e));
    Mapping mapping = new Mapping(List.copyOf(entries.values()), item.line(), item.column());
    return new Section(item.problems(), item.path(), mapping, item.line(), item.column());
  }

  private static Resources candidate(Section part, Map<String, Double> accelerators) {
    Map<String, Object> other = new LinkedHashMap<>();
    for (Entry entry : part.mapping().entries()) {
      Object value = entry.value().plainValue();
      if (!OWN.contains(entry.key()) && !isImage(entry) && value != null) {
        other.put(entry.key(), value);
      }
    }
    return new Resources(
        infra(part),
        accelerators,
        amount(part, "cpus"),
        amount(part, "memory"),
        part.text("instance_type").orElse(null),
        part.flag("use_spot").orElse(false),
        part.text("image_id").orElse(null),
        Ports.read(part),
        part.number("max_hourly_cost").orElse(null),
        other);
  }

  private static boolean isImage(Entry entry) {
    return entry.key().equals("image_id") && entry.value() instanceof Scalar;
  }

  /// `infra`, or the older `cloud`, `region` and `zone` in its spelling; `*` and nothing are null.
  private static @Nullable String infra(Section part) {
    Optional<String> infra = part.text("infra");
    if (infra.isPresent()) {
      for (String old : List.of("cloud", "region", "zone")) {
        if (part.has(old)) {
          part.wrongKey(old, "given together with infra (write it into infra)");
        }
      }
      String text = infra.get().strip();
      return text.matches("\\*(/\\*)*") ? null : text;
    }
    String cloud = part.text("cloud").orElse("*");
    String region = part.text("region").orElse("*");
    String zone = part.text("zone").orElse("*");
    String joined = (cloud + "/" + region + "/" + zone).replaceAll("(/\\*)+$", "");
    return joined.equals("*") ? null : joined;
  }

  private static @Nullable Amount amount(Section part, String key) {
    if (!(part.value(key).orElse(null) instanceof Scalar scalar) || scalar.value() == null) {
      return null;
    }
    String text = String.valueOf(scalar.value());
    boolean atLeast = text.endsWith("+");
    String number = atLeast ? text.substring(0, text.length() - 1) : text;
    try {
      double value = key.equals("memory") ? gibibytes(number) : Double.parseDouble(number);
      return new Amount(value, atLeast);
    } catch (IllegalArgumentException ignored) {
      part.wrong(key, " (expected: above 0)");
      return null;
    }
  }

  /// SkyServe's units are powers of 1024 with or without the `i`; a bare number is GiB.
  private static double gibibytes(String text) {
    String number = text.replaceAll("[A-Za-z]+$", "");
    String unit = text.substring(number.length()).replaceAll("[iIbB]", "");
    return ByteSize.parse("1" + (unit.isEmpty() ? "G" : unit) + "iB").bytes()
        * Double.parseDouble(number)
        / (1L << 30);
  }
}
