package io.fleetserve.cli.command;

import picocli.CommandLine.Option;

/// `--no-wait` of commands that follow what they began.
final class WaitOption {
  @Option(
      names = {"--no-wait", "--async"},
      description = "Return as soon as the controller has accepted it.")
  boolean noWait;
}
