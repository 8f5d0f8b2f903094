package io.fleetserve.api.spec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Hides the values of `secrets:` in the text of a service file, and leaves the rest, comments
/// included, as it was.
///
/// Masked are the values themselves, wherever an alias takes them from, and every other place in
/// the text where a value of 6 characters or more stands again.
public final class Masking {
  /// Shown in place of a value.
  public static final String MASK = "'***'";

  private static final int SHORTEST_REPEATED = 6;

  private final String text;
  private final List<Value> masked = new ArrayList<>();
  private final Map<Anchor, List<Value>> anchored = new HashMap<>();
  private final Set<Anchor> wanted = new HashSet<>();

  private Masking(String text) {
    this.text = text;
  }

  /// The text with secrets hidden; one comment line instead when the text is no YAML.
  public static String mask(String yaml) {
    Masking masking = new Masking(yaml);
    try {
      masking.collect();
    } catch (YamlEngineException ignored) {
      return "# not shown: the text is no valid YAML\n";
    }
    return masking.result();
  }

  private void collect() {
    LoadSettings settings = LoadSettings.builder().build();
    Deque<Level> levels = new ArrayDeque<>();
    for (Event event : new Parse(settings).parseString(text)) {
      Level level = levels.peek();
      boolean isKey = level != null && level.expectsKey();
      boolean secret = level != null && level.secret && !isKey;
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> {
          boolean top = levels.isEmpty();
          boolean inside = level != null && (level.secret || level.secretNext);
          step(level, "");
          Level inner = new Level(event.getEventId() == Event.ID.MappingStart, top, inside);
          inner.open(anchorOf(event), level);
          levels.push(inner);
        }
        case MappingEnd, SequenceEnd -> levels.pop();
        case Scalar -> {
          ScalarEvent scalar = (ScalarEvent) event;
          if (!isKey) {
            Value value = Value.of(scalar, text);
            remember(value, level, anchorOf(event));
            if (secret || (level != null && level.secretNext)) {
              masked.add(value);
            }
          }
          step(level, scalar.getValue());
        }
        case Alias -> {
          if (secret || (level != null && level.secretNext)) {
            wanted.add(((AliasEvent) event).getAlias());
          }
          step(level, "");
        }
        default -> {}
      }
    }
    wanted.forEach(anchor -> masked.addAll(anchored.getOrDefault(anchor, List.of())));
  }

  private static void step(@Nullable Level level, String scalar) {
    if (level != null) {
      level.step(scalar);
    }
  }

  private void remember(Value value, @Nullable Level level, List<Anchor> own) {
    own.forEach(anchor -> anchored.computeIfAbsent(anchor, _ -> new ArrayList<>()).add(value));
    if (level != null) {
      level.anchors.forEach(
          anchor -> anchored.computeIfAbsent(anchor, _ -> new ArrayList<>()).add(value));
    }
  }

  private static List<Anchor> anchorOf(Event event) {
    return ((NodeEvent) event).getAnchor().stream().toList();
  }

  private String result() {
    StringBuilder result = new StringBuilder(text);
    masked.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Value::from).reversed())
        .forEach(value -> result.replace(value.from(), value.to(), value.mask()));
    String hidden = result.toString();
    for (Value value : masked) {
      if (value.content().strip().length() >= SHORTEST_REPEATED) {
        hidden = hidden.replace(value.content().strip(), "***");
      }
    }
    return hidden;
  }

  /// A value in the text.
  ///
  /// @param from index of its first character
  /// @param to index behind its last character
  private record Value(int from, int to, String content, boolean endsLine) {
    static Value of(ScalarEvent event, String text) {
      int from = index(event.getStartMark().orElseThrow(), text);
      int to = index(event.getEndMark().orElseThrow(), text);
      boolean endsLine = to > from && text.charAt(to - 1) == '\n';
      return new Value(from, to, event.getValue(), endsLine);
    }

    private static int index(Mark mark, String text) {
      return text.offsetByCodePoints(0, mark.getIndex());
    }

    String mask() {
      return content.isEmpty() ? "" : MASK + (endsLine ? "\n" : "");
    }
  }

  /// An open mapping or list while the events go by.
  private static final class Level {
    private final boolean mapping;
    private final boolean top;
    private final boolean secret;
    private final List<Anchor> anchors = new ArrayList<>();
    private boolean keyNext = true;
    private boolean secretNext;

    Level(boolean mapping, boolean top, boolean secret) {
      this.mapping = mapping;
      this.top = top;
      this.secret = secret;
    }

    void open(List<Anchor> own, @Nullable Level outer) {
      anchors.addAll(own);
      if (outer != null) {
        anchors.addAll(outer.anchors);
      }
    }

    boolean expectsKey() {
      return mapping && keyNext;
    }

    void step(String scalar) {
      secretNext = top && mapping && keyNext && scalar.equals("secrets");
      keyNext = !keyNext;
    }
  }
}
