package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.cli.client.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `serve load-balancer`.
@Command(
    name = "load-balancer",
    description = "Replace the load balancer's process under load.",
    synopsisSubcommandLabel = "COMMAND",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  serve load-balancer restart    after a change of config.yaml or a new distribution",
      "",
      "Settings are read by the controller at its start: stop it with 'serve controller stop",
      "--keep-serving' first, so that this command starts one that knows the new ones."
    })
final class LoadBalancerCommand extends CommandGroup {
  LoadBalancerCommand(Session session) {
    super(session, "restart");
  }

  @Command(
      name = "restart",
      description = "Start a new process that takes over; no connection is refused or cut.")
  int restart(@Mixin OutputOption output, @Mixin HelpOption restartHelp) {
    ControllerInfo info = session.access().connect().restartLoadBalancer();
    if (output.json()) {
      session.printJson(info);
      return CommandFailure.DONE;
    }
    info.loadBalancers()
        .forEach(view ->
            session
                .console()
                .line(
                    "Load balancer %s serves with pid %d; the one before finishes its requests."
                        .formatted(view.id(), view.pid())));
    return CommandFailure.DONE;
  }
}
