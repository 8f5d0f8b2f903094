package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.StatusText;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve status`.
@Command(
    name = "status",
    description = "Show services and replicas.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve status                       everything",
      "  serve status llama -v              with reasons, policies and every replica",
      "  curl $$(serve status llama --endpoint)/v1/models",
      "  serve status -o json               a list of services with their replicas"
    })
final class StatusCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "Services, by name or glob; default: all.")
  List<String> names = List.of();

  @Option(
      names = {"-v", "--verbose"},
      description = "More columns, every replica, every reason.")
  boolean verbose;

  @Option(names = "--endpoint", description = "Only the URL of the one service.")
  boolean endpoint;

  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<ServiceView> all =
        session.access().home().isUsed() ? session.access().connect().services() : List.of();
    List<ServiceView> services = names.isEmpty() ? all : ServiceNames.select(all, names);
    if (endpoint) {
      printEndpoint(services);
    } else if (output.json()) {
      session.printJson(services);
    } else {
      StatusText.of(services, verbose, session.clock().instant(), session.console().paint())
          .forEach(session.console()::line);
    }
    return CommandFailure.DONE;
  }

  private void printEndpoint(List<ServiceView> services) {
    if (services.size() != 1) {
      throw CommandFailure.wrong(
          List.of("--endpoint: " + services.size() + " services fit (expected: 1)"));
    }
    String url = services.getFirst().endpoint();
    if (output.json()) {
      session.printJson(url);
    } else {
      session.console().line(url);
    }
  }
}
