package io.fleetserve.cli.command;

import picocli.CommandLine.Option;

/// `-o json` of every command that has a result.
final class OutputOption {
  enum Format {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text (default) or json.")
  Format format = Format.text;

  boolean json() {
    return format == Format.json;
  }
}
