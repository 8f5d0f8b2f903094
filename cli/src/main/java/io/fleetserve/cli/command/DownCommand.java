package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.client.ControllerClient;
import io.fleetserve.cli.follow.Detach;
import io.fleetserve.cli.follow.Display;
import io.fleetserve.cli.follow.Follower;
import io.fleetserve.cli.follow.GoneRule;
import io.fleetserve.cli.follow.ReplicaGoneRule;
import io.fleetserve.cli.view.PlanText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve down`.
@Command(
    name = "down",
    description = "End services: drain, end every replica, prove that nothing is left.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve down llama                    one service",
      "  serve down 'test-*' -y              all whose names fit, without a question",
      "  serve down llama --replica-id 3     replica 3 only; it is replaced",
      "  serve down --all --purge            also forget what cannot be cleaned up"
    })
final class DownCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(arity = "0..*", paramLabel = "NAME", description = "Services, by name or glob.")
  List<String> names = List.of();

  @Option(
      names = {"-a", "--all"},
      description = "Every service.")
  boolean all;

  @Option(
      names = {"-p", "--purge"},
      description = "Forget a service even if something of it cannot be ended.")
  boolean purge;

  @Option(
      names = "--replica-id",
      paramLabel = "N",
      description = "End one replica of the one service.")
  @Nullable Integer replicaId;

  @Mixin YesOption yes = new YesOption();
  @Mixin WaitOption wait = new WaitOption();
  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  DownCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (all == !names.isEmpty()) {
      throw CommandFailure.wrong(List.of("serve down: expected names or --all"));
    }
    if (!session.access().home().isUsed() && all) {
      return nothing();
    }
    ControllerClient client = session.access().connect();
    List<ServiceView> services = client.services();
    List<ServiceView> chosen = all ? services : ServiceNames.select(services, names);
    if (replicaId != null) {
      return endReplica(client, chosen, replicaId);
    }
    if (chosen.isEmpty()) {
      return nothing();
    }
    String list = String.join(", ", chosen.stream().map(ServiceView::name).toList());
    if (!session.confirm("End " + list + "?", yes.yes)) {
      throw CommandFailure.failed("Nothing was ended.");
    }
    for (ServiceView service : chosen) {
      client.end(service.name(), purge);
    }
    if (wait.noWait) {
      say("Accepted: " + list + ". 'serve status' shows how it goes.");
      return finish(chosen.stream().map(ServiceView::name).toList(), List.of(), false);
    }
    return followAll(chosen);
  }

  private int nothing() {
    say("No services.");
    return finish(List.of(), List.of(), false);
  }

  private int followAll(List<ServiceView> chosen) {
    List<String> left = new ArrayList<>();
    for (ServiceView service : chosen) {
      GoneRule.Outcome outcome = follow(service.name());
      if (!outcome.gone()) {
        left.add(service.name());
        String reason = outcome.service() == null ? "" : outcome.service().reason();
        session
            .console()
            .note(
                "%s is not gone: %s The controller goes on trying; --purge forgets it."
                    .formatted(service.name(), reason.isEmpty() ? "" : reason + "."));
      }
    }
    // The proof: what the controller lists now, not what it promised.
    for (ServiceView listed : session.access().connect().services()) {
      boolean asked = chosen.stream().anyMatch(service -> same(service, listed));
      if (asked && !left.contains(listed.name())) {
        left.add(listed.name());
        session.console().note(listed.name() + " is still listed: " + listed.status());
      }
    }
    List<String> ended =
        chosen.stream().map(ServiceView::name).filter(name -> !left.contains(name)).toList();
    for (ServiceView service : chosen) {
      if (ended.contains(service.name())) {
        say("%s is gone: %s".formatted(service.name(), what(service)));
      }
    }
    return finish(ended, left, true);
  }

  /// A service of that name made since is another one.
  private static boolean same(ServiceView service, ServiceView listed) {
    return service.name().equals(listed.name())
        && service.createdAtMillis() == listed.createdAtMillis();
  }

  private static String what(ServiceView service) {
    List<ReplicaView> ended =
        service.replicas().stream().filter(replica -> !replica.status().isFailed()).toList();
    return ended.isEmpty()
        ? "it had no replica, nothing is left."
        : PlanText.count(ended.size(), "replica") + " ended, nothing is left.";
  }

  private GoneRule.Outcome follow(String service) {
    try (Detach _ =
            Detach.saying(
                session.console(),
                "The end of %s goes on. 'serve status' shows how.".formatted(service));
        Display display = session.display(output.json())) {
      return new Follower(session.access()).follow(service, display, new GoneRule());
    }
  }

  private int endReplica(ControllerClient client, List<ServiceView> chosen, int id) {
    if (chosen.size() != 1) {
      throw CommandFailure.wrong(
          List.of("--replica-id: " + chosen.size() + " services fit (expected: 1)"));
    }
    ServiceView service = chosen.getFirst();
    ReplicaView replica =
        service.replicas().stream()
            .filter(view -> view.replicaId() == id && !view.status().isFailed())
            .findFirst()
            .orElseThrow(
                () -> CommandFailure.failed(service.name() + " has no live replica " + id + "."));
    if (!session.confirm("End replica %d of %s?".formatted(id, service.name()), yes.yes)) {
      throw CommandFailure.failed("Nothing was ended.");
    }
    client.endReplica(service.name(), id);
    if (!wait.noWait) {
      try (Display display = session.display(output.json())) {
        new Follower(session.access())
            .follow(service.name(), display, new ReplicaGoneRule(id, replica.generation()));
      }
    }
    say(
        "Replica %d of %s %s; the controller replaces it if it is wanted."
            .formatted(id, service.name(), wait.noWait ? "is being ended" : "is gone"));
    return finish(List.of(service.name() + "/" + id), List.of(), !wait.noWait);
  }

  private void say(String line) {
    if (output.json()) {
      session.console().note(line);
    } else {
      session.console().line(line);
    }
  }

  private int finish(List<String> ended, List<String> left, boolean proved) {
    if (output.json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("ended", ended);
      result.put("left", left);
      result.put("proved", proved);
      session.printJson(result);
    }
    return left.isEmpty() ? CommandFailure.DONE : CommandFailure.FAILED;
  }
}
