package io.fleetserve.cli.command;

import io.fleetserve.api.wire.DecisionView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.DecisionText;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve explain`.
@Command(
    name = "explain",
    description = "Show the controller's last decisions about a service: what, why, and from what.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve explain llama              how many replicas, which mix, which offer, and why",
      "  serve explain llama --replay     made again from the stored inputs: is it the same?",
      "  serve explain llama -o json      with all inputs and answers"
    })
final class ExplainCommand implements Callable<Integer> {
  private static final int MOST = 200;

  private final Session session;

  @Parameters(index = "0", paramLabel = "NAME", description = "The service.")
  String name = "";

  @Option(
      names = {"-n", "--last"},
      paramLabel = "COUNT",
      description = "How many, 1..200 (default: ${DEFAULT-VALUE}).")
  int last = 10;

  @Option(
      names = "--replay",
      description = "Make each decision again by today's rules; exit with 1 if one differs.")
  boolean replay;

  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  ExplainCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<DecisionView> decisions =
        session.access().connect().decisions(name, Math.clamp(last, 1, MOST), replay);
    if (output.json()) {
      session.printJson(decisions);
    } else if (decisions.isEmpty()) {
      session.console().note("No decisions yet.");
    } else {
      for (DecisionView decision : decisions) {
        DecisionText.of(decision, session.zone(), session.console().paint())
            .forEach(session.console()::line);
      }
    }
    return decisions.stream()
            .map(DecisionView::replay)
            .anyMatch(again -> again != null && !again.same())
        ? CommandFailure.FAILED
        : CommandFailure.DONE;
  }
}
