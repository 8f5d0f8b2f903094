package io.fleetserve.cli.command;

import io.fleetserve.api.wire.AgentView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.InfraText;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `serve agents`.
@Command(
    name = "agents",
    description = "Show the agents on other machines, or make one's certificate worthless.",
    synopsisSubcommandLabel = "COMMAND",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  serve agents list              who has joined, with which certificate",
      "  serve agents revoke llm 3      cut off the agent of replica 3 at once and replace it"
    })
final class AgentsCommand extends CommandGroup {
  AgentsCommand(Session session) {
    super(session, "list or revoke");
  }

  @Command(name = "list", description = "Show the agents of replicas on other machines.")
  int list(@Mixin OutputOption output, @Mixin HelpOption listHelp) {
    List<AgentView> agents = session.access().connect().agents();
    if (output.json()) {
      session.printJson(agents);
    } else if (agents.isEmpty()) {
      session.console().note("No agents on other machines.");
    } else {
      InfraText.agents(agents, session.console().paint()).forEach(session.console()::line);
    }
    return CommandFailure.DONE;
  }

  @Command(
      name = "revoke",
      description = "Refuse everything the agent of a replica says from now on; end the replica.")
  int revoke(
      @Parameters(index = "0", paramLabel = "NAME", description = "The service.") String name,
      @Parameters(index = "1", paramLabel = "ID", description = "The replica.") int replicaId,
      @Mixin OutputOption output,
      @Mixin HelpOption revokeHelp) {
    ServiceView service = session.access().connect().revoke(name, replicaId);
    if (output.json()) {
      session.printJson(service);
    } else {
      session
          .console()
          .line(
              "The agent of replica %d of %s is cut off; the replica ends and is replaced if it is"
                      .formatted(replicaId, name)
                  + " wanted.");
    }
    return CommandFailure.DONE;
  }
}
