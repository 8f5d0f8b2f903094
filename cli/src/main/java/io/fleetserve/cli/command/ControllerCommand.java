package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.client.ControllerClient;
import io.fleetserve.cli.client.ProblemException;
import io.fleetserve.cli.client.ProcessEnd;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `serve controller`.
@Command(
    name = "controller",
    description = "Start, stop or look at the controller.",
    synopsisSubcommandLabel = "COMMAND",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  serve controller status",
      "  serve controller stop                   when no service is left",
      "  serve controller stop --keep-serving    load balancer and replicas run on without it",
      "",
      "The first command that needs a controller starts it; 'start' is seldom needed."
    })
final class ControllerCommand extends CommandGroup {
  ControllerCommand(Session session) {
    super(session, "start, stop or status");
  }

  @Command(name = "start", description = "Start the controller if it does not run.")
  int start(@Mixin OutputOption output, @Mixin HelpOption startHelp) {
    print(session.access().connect().health(), output.json());
    return CommandFailure.DONE;
  }

  @Command(name = "status", description = "Show the controller; exit code 1 if none runs.")
  int status(@Mixin OutputOption output, @Mixin HelpOption statusHelp) {
    Optional<ControllerClient> client = session.access().find();
    if (client.isEmpty()) {
      notRunning(output.json());
      return CommandFailure.FAILED;
    }
    print(client.get().health(), output.json());
    return CommandFailure.DONE;
  }

  @Command(
      name = "stop",
      description = "Stop controller and load balancer; refused while there are services.")
  int stop(
      @Option(
              names = "--keep-serving",
              description =
                  "Stop the controller alone: requests are served on, nothing is replaced.")
          boolean keepServing,
      @Mixin OutputOption output,
      @Mixin HelpOption stopHelp) {
    Optional<ControllerClient> found = session.access().find();
    if (found.isEmpty()) {
      if (keepServing || session.access().home().loadBalancer(session.access().json()).isEmpty()) {
        notRunning(output.json());
        return CommandFailure.DONE;
      }
      // The controller died and left its load balancer: only a controller can end it in order.
      found = Optional.of(session.access().connect());
    }
    ControllerClient client = found.get();
    ControllerInfo info = client.health();
    try {
      client.stop(keepServing);
    } catch (ProblemException e) {
      throw e.is("services-exist") ? servicesExist(client) : e;
    }
    if (!ProcessEnd.await(info, session.access().home(), keepServing, session.access().json())) {
      throw CommandFailure.failed(
          "The controller (pid %d) has not ended yet; see its log.".formatted(info.pid()));
    }
    if (output.json()) {
      session.printJson(Map.of("stopped", true, "pid", info.pid(), "keep_serving", keepServing));
    } else {
      session
          .console()
          .line(
              keepServing
                  ? "The controller is stopped; load balancer and replicas serve on."
                  : "Controller and load balancer are stopped.");
    }
    return CommandFailure.DONE;
  }

  private static CommandFailure servicesExist(ControllerClient client) {
    List<String> names = client.services().stream().map(ServiceView::name).sorted().toList();
    return CommandFailure.failed(
        "There are services: " + String.join(", ", names) + ".",
        "'serve down --all' ends them; 'serve controller stop --keep-serving' leaves them running"
            + " without a controller.");
  }

  private void notRunning(boolean json) {
    if (json) {
      session.printJson(Map.of("running", false));
    } else {
      session.console().line("No controller is running.");
    }
  }

  private void print(ControllerInfo info, boolean json) {
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("running", true);
      result.put("controller", info);
      session.printJson(result);
      return;
    }
    session
        .console()
        .line(
            "Controller %s runs: pid %d, %s, services: %d"
                .formatted(info.version(), info.pid(), info.url(), info.services()));
    for (ControllerInfo.LoadBalancerView view : info.loadBalancers()) {
      session
          .console()
          .line(
              "Load balancer %s: pid %d, shared port %s, admin %s"
                  .formatted(
                      view.id(),
                      view.pid(),
                      view.sharedPort() == 0 ? "off" : view.sharedPort(),
                      view.adminUrl().isEmpty() ? "-" : view.adminUrl()));
    }
  }
}
