package io.fleetserve.cli.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A command that only has others below it: alone it says which.
abstract class CommandGroup implements Runnable {
  final Session session;

  @Mixin HelpOption help = new HelpOption();

  @Spec @Nullable CommandSpec spec;

  private final String commands;

  /// @param commands as in `expected start or stop`
  CommandGroup(Session session, String commands) {
    this.session = session;
    this.commands = commands;
  }

  @Override
  public final void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "expected " + commands);
  }
}
