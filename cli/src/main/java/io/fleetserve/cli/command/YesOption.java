package io.fleetserve.cli.command;

import picocli.CommandLine.Option;

/// `-y` of commands that ask.
final class YesOption {
  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask. Without a terminal nothing is asked either.")
  boolean yes;
}
