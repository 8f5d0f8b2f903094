package io.fleetserve.api.yaml;

import io.fleetserve.api.yaml.YamlDocument.Problem;
import io.fleetserve.api.yaml.YamlNode.Entry;
import io.fleetserve.api.yaml.YamlNode.Mapping;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import io.fleetserve.api.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/// Reads one YAML document. Never throws for a bad text: it answers with problems.
///
/// Limits, because the text may come from anybody: one MiB of text, 64 levels, 20,000 values after
/// aliases are expanded. Single-threaded: one instance reads one text.
public final class YamlReader {
  static final int MAX_CHARS = 1 << 20;
  static final int MAX_DEPTH = 64;
  static final int MAX_VALUES = 20_000;

  private static final int MAX_PATH = 100;
  private static final String STANDARD_TAG = "tag:yaml.org,2002:";

  private final Iterator<Event> events;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private final Set<Anchor> openAnchors = new HashSet<>();
  private int values;

  private YamlReader(String text) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(2 * MAX_CHARS).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /// Reads a text with exactly one document.
  public static YamlDocument read(String text) {
    if (text.length() > MAX_CHARS) {
      String message =
          "the text has " + text.length() + " characters (expected: at most " + MAX_CHARS + ")";
      return new YamlDocument(null, List.of(new Problem(0, 0, "", message)));
    }
    YamlReader reader = new YamlReader(text);
    YamlNode root = null;
    try {
      root = reader.document();
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      reader.problem(mark, "", SyntaxMessage.of(e, text));
    } catch (ReaderException e) {
      reader.problems.add(SyntaxMessage.of(e, text));
    } catch (YamlVersionException ignored) {
      reader.problem(Optional.empty(), "", "a %YAML version of another kind (expected: 1.2)");
    } catch (YamlEngineException e) {
      String message = "not valid YAML: " + SyntaxMessage.oneLine(String.valueOf(e.getMessage()));
      reader.problem(Optional.empty(), "", message);
    } catch (Stop e) {
      // The problem that made reading stop is in the list already.
      root = null;
    }
    reader.problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    return new YamlDocument(root, reader.problems);
  }

  /// The value that `text` would have if it stood in a file without quotes: String, Long,
  /// BigInteger, Double (finite), Boolean, or null.
  public static @Nullable Object plainValue(String text) {
    return PlainScalar.valueOf(text);
  }

  private @Nullable YamlNode document() {
    YamlNode root = null;
    boolean ended = false;
    while (events.hasNext()) {
      Event event = events.next();
      switch (event.getEventId()) {
        case DocumentStart -> {
          if (ended) {
            throw stop(
                event.getStartMark(),
                "",
                "a second document starts here (expected: one service per file; put each into a file"
                    + " of its own)");
          }
        }
        case DocumentEnd -> ended = true;
        case Scalar, SequenceStart, MappingStart, Alias -> root = node(event, "", 0).node();
        default -> {}
      }
    }
    return root;
  }

  private Anchored node(Event event, String path, int depth) {
    if (depth > MAX_DEPTH) {
      throw stop(
          event.getStartMark(), path, "nested too deep (expected: " + MAX_DEPTH + " levels)");
    }
    if (event instanceof AliasEvent alias) {
      return alias(alias, path);
    }
    Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
    anchor.ifPresent(openAnchors::add);
    int before = values;
    count(event, path, 1);
    YamlNode node =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar, path);
          case MappingStartEvent start -> mapping(start, path, depth);
          default -> sequence((CollectionStartEvent) event, path, depth);
        };
    Anchored read = new Anchored(node, values - before);
    anchor.ifPresent(name -> {
      openAnchors.remove(name);
      anchors.put(name, read);
    });
    return read;
  }

  private Anchored alias(AliasEvent event, String path) {
    Anchored target = anchors.get(event.getAlias());
    if (target == null || openAnchors.contains(event.getAlias())) {
      String reason =
          openAnchors.contains(event.getAlias()) ? " contains itself" : " is not defined above";
      throw stop(event.getStartMark(), path, "*" + event.getAlias() + reason);
    }
    count(event, path, target.size());
    return target;
  }

  private void count(Event event, String path, int size) {
    values += size;
    if (values > MAX_VALUES) {
      throw stop(
          event.getStartMark(),
          path,
          "too many values, aliases expanded (expected: at most " + MAX_VALUES + ")");
    }
  }

  private Scalar scalar(ScalarEvent event, String path) {
    String text = event.getValue();
    boolean plain = event.isPlain();
    Object value = plain ? PlainScalar.valueOf(text) : text;
    String tag = event.getTag().map(this::shortTag).orElse("");
    switch (tag) {
      case "", "null", "bool", "int", "float" -> {
        if (!tag.isEmpty()) {
          value = PlainScalar.valueOf(text);
        }
      }
      case "str", "!" -> value = text;
      default -> unknownTag(event, tag, path);
    }
    Place place = Place.of(event);
    return new Scalar(value, text, plain, place.line(), place.column());
  }

  private Sequence sequence(CollectionStartEvent start, String path, int depth) {
    checkTag(start, "seq", path);
    List<YamlNode> items = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      items.add(node(event, path + "[" + items.size() + "]", depth + 1).node());
      event = events.next();
    }
    Place place = Place.of(start);
    return new Sequence(items, place.line(), place.column());
  }

  private Mapping mapping(MappingStartEvent start, String path, int depth) {
    checkTag(start, "map", path);
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Entry> merged = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      YamlNode key = node(event, path, depth + 1).node();
      Place at = Place.of(event);
      String name = key instanceof Scalar scalar ? scalar.text() : "";
      String keyPath = path.isEmpty() ? name : path + "." + name;
      YamlNode value = node(events.next(), keyPath, depth + 1).node();
      if (!(key instanceof Scalar scalar)) {
        problems.add(new Problem(at.line(), at.column(), path, "a key must be a single value"));
      } else if (scalar.plain() && name.equals("<<")) {
        merged.addAll(merged(value, keyPath));
      } else {
        Entry first = entries.putIfAbsent(name, new Entry(name, value, at.line(), at.column()));
        if (first != null) {
          String message = "given twice, first in line " + first.line() + " (keep one of them)";
          problems.add(new Problem(at.line(), at.column(), keyPath, message));
        }
      }
      event = events.next();
    }
    merged.forEach(entry -> entries.putIfAbsent(entry.key(), entry));
    Place place = Place.of(start);
    return new Mapping(List.copyOf(entries.values()), place.line(), place.column());
  }

  /// What `<<: *alias` or `<<: [*a, *b]` brings in; the first to name a key wins.
  private List<Entry> merged(YamlNode value, String path) {
    List<YamlNode> sources = value instanceof Sequence list ? list.items() : List.of(value);
    List<Entry> entries = new ArrayList<>();
    for (YamlNode source : sources) {
      if (source instanceof Mapping mapping) {
        entries.addAll(mapping.entries());
      } else {
        String message = "<< merges mappings only (expected: an alias of a mapping, or a list)";
        problems.add(new Problem(source.line(), source.column(), path, message));
      }
    }
    return entries;
  }

  private void checkTag(CollectionStartEvent event, String expected, String path) {
    String tag = event.getTag().map(this::shortTag).orElse("");
    boolean set = expected.equals("map") && tag.equals("set");
    if (!tag.isEmpty() && !tag.equals(expected) && !set) {
      unknownTag(event, tag, path);
    }
  }

  private String shortTag(String tag) {
    return tag.startsWith(STANDARD_TAG) ? tag.substring(STANDARD_TAG.length()) : tag;
  }

  private void unknownTag(Event event, String tag, String path) {
    problem(event.getStartMark(), path, "tag " + tag + " is not supported here (leave it out)");
  }

  private void problem(Optional<Mark> mark, String path, String message) {
    int line = mark.map(at -> at.getLine() + 1).orElse(0);
    int column = mark.map(at -> at.getColumn() + 1).orElse(0);
    String shown = path.length() > MAX_PATH ? path.substring(0, MAX_PATH) + "..." : path;
    problems.add(new Problem(line, column, shown, message));
  }

  private Stop stop(Optional<Mark> mark, String path, String message) {
    problem(mark, path, message);
    return new Stop();
  }

  private record Anchored(YamlNode node, int size) {}

  private record Place(int line, int column) {
    static Place of(Event event) {
      return event
          .getStartMark()
          .map(mark -> new Place(mark.getLine() + 1, mark.getColumn() + 1))
          .orElse(new Place(0, 0));
    }
  }

  /// Reading cannot go on; the reason is in the list of problems.
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stop() {
      super(null, null, false, false);
    }
  }
}
