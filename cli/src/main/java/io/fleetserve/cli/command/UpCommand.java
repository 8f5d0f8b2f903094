package io.fleetserve.cli.command;

import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.client.ControllerClient;
import io.fleetserve.cli.client.ProblemException;
import io.fleetserve.cli.follow.CurlLine;
import io.fleetserve.cli.follow.Detach;
import io.fleetserve.cli.follow.Display;
import io.fleetserve.cli.follow.Follower;
import io.fleetserve.cli.follow.OpenPort;
import io.fleetserve.cli.follow.UpRule;
import io.fleetserve.cli.view.PlanText;
import io.fleetserve.cli.view.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve up`.
@Command(
    name = "up",
    description = "Start a service and follow it until it is ready.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve up                                  the file service.yaml of this folder",
      "  serve up llama.yaml -n llama -y           under another name, without a question",
      "  serve up llama.yaml --secret HF_TOKEN     with your variable HF_TOKEN as a secret",
      "  serve up llama.yaml --no-wait -o json     for programs",
      "",
      "A relative workdir is looked up where the command is called. Ctrl-C ends the following only."
    })
final class UpCommand implements Callable<Integer> {
  private static final Duration LISTEN_LIMIT = Duration.ofSeconds(15);

  private final Session session;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The service file; default ${DEFAULT-VALUE}.",
      defaultValue = ServiceFile.DEFAULT)
  String file = ServiceFile.DEFAULT;

  @Mixin ServiceFile reader = new ServiceFile();

  @Option(
      names = {"-n", "--name", "--service-name"},
      paramLabel = "NAME",
      description = "Name of the service; wins over the file's.")
  @Nullable String name;

  @Mixin YesOption yes = new YesOption();
  @Mixin WaitOption wait = new WaitOption();
  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  UpCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Instant start = session.clock().instant();
    ServiceFile.Valid valid = reader.read(session, file);
    Consumer<String> progress = output.json() ? session.console()::note : session.console()::line;
    ControllerClient client = session.access().connect();
    ServiceView created;
    try {
      Plan plan = client.plan(name, valid.source());
      if (plan.version() > 1) {
        throw exists(plan.service());
      }
      progress.accept(PlanText.headline(plan));
      Instant asked = session.clock().instant();
      if (!session.confirm("Start it?", yes.yes)) {
        throw CommandFailure.failed("Nothing was started.");
      }
      start = start.plus(Duration.between(asked, session.clock().instant()));
      created = client.create(name != null ? name : namedBy(valid, plan), valid.source());
    } catch (ProblemException e) {
      stopIfStartedForThis(client);
      if (e.is("service-exists")) {
        throw exists(name != null ? name : String.valueOf(valid.spec().name()));
      }
      throw e;
    }
    if (wait.noWait) {
      if (output.json()) {
        session.printJson(created);
      } else {
        progress.accept("Accepted. 'serve status %s' shows how it goes.".formatted(created.name()));
      }
      return CommandFailure.DONE;
    }
    UpRule.Outcome outcome = follow(created.name());
    ServiceView service = outcome.service() == null ? created : outcome.service();
    if (outcome.kind().serves() && !OpenPort.await(service.endpoint(), LISTEN_LIMIT)) {
      session.console().note("The load balancer does not listen yet at " + service.endpoint());
    }
    if (output.json()) {
      session.printJson(service);
    }
    return end(outcome.kind(), service, start, progress);
  }

  /// The plan may have made up a name; the service gets the one that was shown.
  private static @Nullable String namedBy(ServiceFile.Valid valid, Plan plan) {
    return valid.spec().name() == null ? plan.service() : null;
  }

  private static CommandFailure exists(String service) {
    return CommandFailure.failed(
        "There is a service %s already.".formatted(service),
        "'serve update %s FILE' changes it; 'serve down %s' ends it.".formatted(service, service));
  }

  /// A file that is refused leaves nothing behind: not even a controller that was started to ask.
  private void stopIfStartedForThis(ControllerClient client) {
    try {
      if (session.access().hasStarted() && client.services().isEmpty()) {
        client.stop(false);
      }
    } catch (RuntimeException ignored) {
      // Somebody uses it by now; the refusal is what matters.
    }
  }

  private UpRule.Outcome follow(String service) {
    try (Detach _ =
            Detach.saying(
                session.console(),
                "%s goes on starting. 'serve status %s' shows how; 'serve down %s' ends it."
                    .formatted(service, service, service));
        Display display = session.display(output.json())) {
      return new Follower(session.access()).follow(service, display, new UpRule());
    }
  }

  private int end(UpRule.Kind kind, ServiceView service, Instant start, Consumer<String> progress) {
    String took = Times.fine(Duration.between(start, session.clock().instant()));
    switch (kind) {
      case READY -> ready("Ready in " + took + ".", service, progress);
      case PARTLY_READY -> {
        ready(
            "%d of %d replicas ready after %s; the controller goes on with the others."
                .formatted(service.readyReplicas(), service.wantedReplicas(), took),
            service,
            progress);
        FailureReport.print(session, service, service.version());
      }
      case ASLEEP -> {
        progress.accept(
            "Accepted in %s, no replica until the first request.  %s"
                .formatted(took, service.endpoint()));
      }
      case ENDED -> {
        session.console().note(service.name() + " was ended before it was ready.");
        return CommandFailure.FAILED;
      }
      case FAILED -> {
        session.console().note(service.name() + " " + service.status() + ": " + service.reason());
        FailureReport.print(session, service, service.targetVersion());
        session
            .console()
            .note(
                "'serve update %s FILE' tries another version; 'serve down %s' ends the service."
                    .formatted(service.name(), service.name()));
        return CommandFailure.FAILED;
      }
    }
    return CommandFailure.DONE;
  }

  private void ready(String sentence, ServiceView service, Consumer<String> progress) {
    progress.accept(sentence + "  " + service.endpoint());
    if (!output.json()) {
      progress.accept("  " + new CurlLine(session.access().json()).find(service.endpoint()));
    }
  }
}
