package io.fleetserve.cli.view;

import java.io.BufferedReader;
import java.io.PrintStream;
import java.util.function.IntSupplier;

/// Where a command writes, and what the reader can see there.
///
/// @param out results
/// @param err progress of commands whose result is for programs, warnings, errors
/// @param in answers of a person
/// @param outIsTerminal lines may be drawn again in place
/// @param inIsTerminal someone can be asked
/// @param color escape sequences for colour are wanted
/// @param width of the terminal in columns, asked for at each use
public record Console(
    PrintStream out,
    PrintStream err,
    BufferedReader in,
    boolean outIsTerminal,
    boolean inIsTerminal,
    boolean color,
    IntSupplier width) {

  /// Prints one line of the result.
  public void line(String text) {
    out.println(text);
  }

  /// Prints one line on stderr.
  public void note(String text) {
    err.println(text);
  }

  /// Paints for this console.
  public Paint paint() {
    return color ? Paint.ANSI : Paint.NONE;
  }
}
