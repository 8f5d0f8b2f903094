package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.api.wire.VersionView;
import io.fleetserve.cli.client.CommandFailure;
import io.fleetserve.cli.follow.Detach;
import io.fleetserve.cli.follow.Display;
import io.fleetserve.cli.follow.Follower;
import io.fleetserve.cli.follow.VersionRule;
import io.fleetserve.cli.view.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The second half of `serve update` and `serve rollback`: a new version on its way.
final class VersionFollow {
  private final Session session;
  private final boolean json;
  private final Consumer<String> progress;

  VersionFollow(Session session, boolean json) {
    this.session = session;
    this.json = json;
    this.progress = json ? session.console()::note : session.console()::line;
  }

  /// Follows the version to its end, prints how it went, returns the exit code.
  ///
  /// @param start when the command began
  /// @param noWait only say that it was accepted
  int toTheEnd(VersionView version, Instant start, boolean noWait) {
    String service = version.service();
    if (noWait) {
      if (json) {
        session.printJson(version);
      } else {
        progress.accept(
            "Version %d accepted. 'serve status %s' shows how it goes."
                .formatted(version.version(), service));
      }
      return CommandFailure.DONE;
    }
    VersionRule.Outcome outcome = follow(version);
    VersionView last = outcome.version() == null ? version : outcome.version();
    if (json) {
      session.printJson(last);
    }
    return switch (outcome.kind()) {
      case ACTIVE -> {
        progress.accept(
            "Version %d serves after %s.%s"
                .formatted(
                    version.version(),
                    Times.fine(Duration.between(start, session.clock().instant())),
                    outcome.service() == null ? "" : "  " + outcome.service().endpoint()));
        yield CommandFailure.DONE;
      }
      case FAILED -> {
        failed(last, outcome.service());
        yield CommandFailure.FAILED;
      }
      case SUPERSEDED -> {
        session
            .console()
            .note(
                "Version %d of %s was replaced by a newer one before it served."
                    .formatted(version.version(), service));
        yield CommandFailure.FAILED;
      }
      case ENDED -> {
        session
            .console()
            .note(service + " was ended before version " + version.version() + " served.");
        yield CommandFailure.FAILED;
      }
    };
  }

  private VersionRule.Outcome follow(VersionView version) {
    String service = version.service();
    try (Detach _ =
            Detach.saying(
                session.console(),
                "The rollout of version %d goes on. 'serve status %s' shows how."
                    .formatted(version.version(), service));
        Display display = session.display(json)) {
      return new Follower(session.access())
          .follow(service, display, new VersionRule(version.version()));
    }
  }

  private void failed(VersionView version, @Nullable ServiceView service) {
    session
        .console()
        .note(
            "Version %d of %s FAILED: %s"
                .formatted(version.version(), version.service(), version.reason()));
    if (service == null) {
      return;
    }
    FailureReport.print(session, service, version.version());
    session
        .console()
        .note(
            service.readyReplicas() > 0
                ? "Version %d keeps serving.".formatted(service.version())
                : "Version %d is kept; no replica of it is ready now."
                    .formatted(service.version()));
  }
}
