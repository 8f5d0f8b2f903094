package io.fleetserve.provider;

import io.fleetserve.provider.ProviderError.Category;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the words of an error mean, where its code does not tell: the first rule that has a word of
/// the text decides, so their order does. Pure.
///
/// @param rules what is most certain first: authentication before quota, quota before capacity,
///   capacity before what is wrong with the file
public record ErrorTable(List<Rule> rules) {
  public ErrorTable {
    rules = List.copyOf(rules);
  }

  /// One meaning.
  ///
  /// @param fix what the user does about it; empty when that is nothing
  /// @param words in lower case; one of them is enough
  public record Rule(Category category, String fix, List<String> words) {
    public Rule {
      words = List.copyOf(words);
    }

    /// The text with the fix behind it.
    public String explain(String text) {
      return fix.isEmpty() ? text : text + " (" + fix + ")";
    }
  }

  /// The rule for a text, in any case; empty when none has a word of it.
  public Optional<Rule> rule(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return rules.stream()
        .filter(rule -> rule.words().stream().anyMatch(lower::contains))
        .findFirst();
  }

  /// Several lines as one.
  ///
  /// @param between what stands for a line's end
  public static String oneLine(String text, String between) {
    return text.strip().replaceAll("\\s*\\R\\s*", between);
  }
}
