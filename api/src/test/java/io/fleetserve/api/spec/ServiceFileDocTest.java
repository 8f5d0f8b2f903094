package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// `docs/service-file.md` tells the truth: every key is in it, and its examples do what it says.
final class ServiceFileDocTest {
  private static final Path DOC =
      Path.of(System.getProperty("fleetserve.root", "..")).resolve("docs/service-file.md");

  @Test
  void everyKeyIsDocumented() throws IOException {
    Set<String> words = new TreeSet<>();
    Pattern.compile("`[^`\n]+`")
        .matcher(Files.readString(DOC))
        .results()
        .forEach(code -> words.addAll(List.of(code.group().split("[^a-z_]+"))));

    assertThat(words).containsAll(keys(ServiceSchema.get().json(), new TreeSet<>()));
  }

  @Test
  void examplesAreValid() throws IOException {
    List<String> examples = blocks("yaml");

    assertThat(examples).hasSizeGreaterThanOrEqualTo(2);
    for (String example : examples) {
      assertThat(Specs.read(example, Map.of(), Map.of("API_KEY", "x")).run()).contains("$PORT");
    }
  }

  @Test
  void messagesAreWhatTheReaderSays() throws IOException {
    String file = blocks("yaml-wrong").getFirst();
    String messages = blocks("text").getFirst().strip();
    SpecSource source = new SpecSource("service.yaml", file, Specs.BASE, Map.of(), Map.of());

    assertThatThrownBy(() -> SpecReader.read(source)).hasMessage(messages);
  }

  private static Set<String> keys(JsonNode schema, Set<String> into) {
    schema
        .path("properties")
        .properties()
        .forEach(property -> {
          into.add(property.getKey());
          keys(property.getValue(), into);
        });
    schema.path("$defs").forEach(definition -> keys(definition, into));
    return into;
  }

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```")
        .matcher(Files.readString(DOC))
        .results()
        .map((MatchResult block) -> block.group(1))
        .toList();
  }
}
