package io.fleetserve.cli.command;

import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.view.PlanText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `serve validate`.
@Command(
    name = "validate",
    description = "Check a service file; nothing is started.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve validate service.yaml",
      "  serve validate service.yaml -o json     with a list of errors, for editors",
      "",
      "Exit code 2 if the file is wrong. Whether this machine can run it is asked by 'serve plan'."
    })
final class ValidateCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The service file; default ${DEFAULT-VALUE}.",
      defaultValue = ServiceFile.DEFAULT)
  String file = ServiceFile.DEFAULT;

  @Mixin ServiceFile reader = new ServiceFile();
  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  ValidateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try {
      ServiceFile.Valid valid = reader.read(session, file);
      if (output.json()) {
        session.printJson(result(true, List.of()));
      } else {
        ReplicaPolicy policy = valid.spec().service().replicaPolicy();
        String name = valid.spec().name();
        session
            .console()
            .line(
                "%s is valid: %s, %s"
                    .formatted(file, name == null ? "no name" : name, range(policy)));
      }
      return CommandFailure.DONE;
    } catch (CommandFailure wrong) {
      if (!output.json()) {
        throw wrong;
      }
      session.printJson(result(false, wrong.lines()));
      return wrong.exitCode();
    }
  }

  private static String range(ReplicaPolicy policy) {
    return policy.minReplicas() == policy.maxReplicas()
        ? PlanText.count(policy.minReplicas(), "replica")
        : policy.minReplicas() + " to " + PlanText.count(policy.maxReplicas(), "replica");
  }

  private Map<String, Object> result(boolean valid, List<String> errors) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("file", file);
    result.put("valid", valid);
    result.put("errors", errors);
    return result;
  }
}
