package io.fleetserve.provider.transport;

/// Words as a POSIX shell takes them. Stateless.
public final class ShellQuote {
  private ShellQuote() {}

  /// The text as one word, whatever is in it.
  public static String quote(String text) {
    return text.matches("[A-Za-z0-9_./:=@%+,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
