package io.fleetserve.cli.command;

import picocli.CommandLine.Option;

/// `--help` of every command.
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
