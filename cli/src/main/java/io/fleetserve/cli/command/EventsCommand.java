package io.fleetserve.cli.command;

import io.fleetserve.api.wire.EventView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.client.ControllerClient;
import io.fleetserve.cli.client.ControllerGone;
import io.fleetserve.cli.client.EventStream;
import io.fleetserve.cli.view.EventText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `serve events`.
@Command(
    name = "events",
    description = "Show what happened, and why.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  serve events llama            of one service, oldest first",
      "  serve events -f               of all, and each new one as it happens",
      "  serve events -f -o json       one JSON object a line; without -f: a list"
    })
final class EventsCommand implements Callable<Integer> {
  private static final int PAGE = 1_000;

  private final Session session;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Service; default: all.")
  @Nullable String name;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until Ctrl-C.")
  boolean follow;

  @Option(
      names = "--after",
      paramLabel = "SEQUENCE",
      description = "Only those after this one, to resume.")
  long after;

  @Mixin OutputOption output = new OutputOption();
  @Mixin HelpOption help = new HelpOption();

  EventsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (!session.access().home().isUsed() && !follow) {
      print(List.of());
      return CommandFailure.DONE;
    }
    if (follow) {
      followForever();
    }
    ControllerClient client = session.access().connect();
    List<EventView> events = new ArrayList<>();
    long last = after;
    while (true) {
      List<EventView> page = client.events(name, last, PAGE);
      events.addAll(page);
      if (page.size() < PAGE) {
        break;
      }
      last = page.getLast().sequence();
    }
    print(events);
    return CommandFailure.DONE;
  }

  private void print(List<EventView> events) {
    if (output.json()) {
      session.printJson(events);
    } else if (events.isEmpty()) {
      session.console().note("No events.");
    } else {
      events.forEach(this::printLine);
    }
  }

  private void printLine(EventView event) {
    if (output.json()) {
      session.printJsonLine(event);
    } else {
      session.console().line(EventText.of(event, session.zone(), session.console().paint()));
    }
  }

  /// Goes on over restarts of the controller: the last sequence says where.
  private void followForever() {
    long last = after;
    while (true) {
      try (EventStream events = session.access().connect().followEvents(name, last, PAGE)) {
        for (EventStream.Event event = events.next(); event != null; event = events.next()) {
          if (event.name().equals("event")) {
            EventView view = session.access().json().readValue(event.data(), EventView.class);
            last = Math.max(last, view.sequence());
            printLine(view);
          }
        }
      } catch (IOException | ControllerGone ignored) {
        // connect() finds or starts the next controller.
      }
      LockSupport.parkNanos(200_000_000);
    }
  }
}
