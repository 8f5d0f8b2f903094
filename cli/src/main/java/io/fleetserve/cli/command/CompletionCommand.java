package io.fleetserve.cli.command;

import io.fleetserve.cli.client.CommandFailure;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `serve completion`.
@Command(
    name = "completion",
    description = "Print a completion script for your shell.",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  source <(serve completion bash)                          in ~/.bashrc",
      "  autoload -U compinit bashcompinit; compinit; bashcompinit",
      "  source <(serve completion zsh)                           in ~/.zshrc"
    })
final class CompletionCommand implements Callable<Integer> {
  /// Shells there is a script for.
  enum Shell {
    bash,
    zsh
  }

  @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh.")
  Shell shell = Shell.bash;

  @Mixin HelpOption help = new HelpOption();

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    // The script for bash looks after zsh by itself.
    var root = Objects.requireNonNull(spec).root().commandLine();
    root.getOut().print(AutoComplete.bash("serve", root));
    root.getOut().flush();
    return CommandFailure.DONE;
  }
}
