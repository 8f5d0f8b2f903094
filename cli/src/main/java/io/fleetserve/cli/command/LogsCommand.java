package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.client.ControllerClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve logs`.
@Command(
    name = "logs",
    description = "Show what replicas print.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve logs llama                    of every live replica; on a terminal it follows",
      "  serve logs llama 3 --tail 100       the last 100 lines of replica 3",
      "  serve logs llama --sync-down        into files in ./llama-logs",
      "  serve logs --controller             of the controller itself",
      "",
      "Several replicas: each line starts with the replica's id in brackets."
    })
final class LogsCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The service.")
  @Nullable String name;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ID",
      description = "Replicas; default: all that live, else the last that failed.")
  List<Integer> ids = List.of();

  @Option(
      names = {"-f", "--follow"},
      negatable = true,
      description = "Go on until the replicas are gone; default on a terminal without --tail.")
  @Nullable Boolean follow;

  @Option(names = "--tail", paramLabel = "N", description = "Only the last N lines.")
  int tail;

  @Option(names = "--controller", description = "The controller's log instead.")
  boolean controller;

  @Option(names = "--load-balancer", description = "The load balancer's log instead.")
  boolean loadBalancer;

  @Option(
      names = {"-s", "--sync-down"},
      description = "Copy into files below ./NAME-logs instead of printing.")
  boolean syncDown;

  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  LogsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (tail < 0) {
      throw CommandFailure.wrong(List.of("--tail: " + tail + " (expected: >= 1)"));
    }
    if (name == null && !controller && !loadBalancer) {
      throw CommandFailure.wrong(
          List.of("serve logs: expected a service, --controller or --load-balancer"));
    }
    ControllerClient client = session.access().connect();
    if (controller || loadBalancer) {
      String program = controller ? "controller" : "loadbalancer";
      LogOutput printer = LogOutput.plain(session, output.json());
      printer.copy(client.programLogs(program, tail));
      return CommandFailure.DONE;
    }
    String wanted = Objects.requireNonNull(name);
    ServiceView service = ServiceNames.select(client.services(), List.of(wanted)).getFirst();
    List<ReplicaView> replicas = LogTargets.choose(service, ids);
    if (syncDown) {
      return copyToFiles(client, service, replicas);
    }
    boolean following =
        follow != null ? follow : session.console().outIsTerminal() && tail == 0 && !output.json();
    LogOutput.print(session, client, replicas, tail, following, output.json());
    return CommandFailure.DONE;
  }

  private int copyToFiles(
      ControllerClient client, ServiceView service, List<ReplicaView> replicas) {
    Path folder = session.workingFolder().resolve(service.name() + "-logs");
    try {
      Files.createDirectories(folder);
      for (ReplicaView replica : replicas) {
        Path file = folder.resolve("replica-" + replica.replicaId() + ".log");
        try (InputStream log = client.logs(service.name(), replica.replicaId(), tail, false)) {
          Files.copy(log, file, StandardCopyOption.REPLACE_EXISTING);
        }
        if (output.json()) {
          session.printJsonLine(Map.of("replica", replica.replicaId(), "file", file.toString()));
        } else {
          session.console().line(file.toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("copying logs into " + folder, e);
    }
    return CommandFailure.DONE;
  }
}
