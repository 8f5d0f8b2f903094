package io.fleetserve.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Runs many commands in one JVM, so that one AOT cache learns what all of them load: a line of
/// stdin is a command, its arguments separated by tabs. After each command stdout gets a line `exit
/// CODE`. Used when the distribution is built.
public final class TrainingMain {
  private TrainingMain() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = CliMain.out();
    PrintStream err = CliMain.err();
    try (BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        int code = CliMain.run(line.split("\t"), System.getenv(), out, err);
        out.println("exit " + code);
      }
    }
  }
}
