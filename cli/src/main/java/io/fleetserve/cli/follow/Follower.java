package io.fleetserve.cli.follow;

import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.ControllerAccess;
import io.fleetserve.cli.client.ControllerClient;
import io.fleetserve.cli.client.ControllerGone;
import io.fleetserve.cli.client.EventStream;
import io.fleetserve.cli.client.ProblemException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Follows a service through its event stream until a rule is satisfied. A controller that dies on
/// the way is started again, and the following goes on. Confined to one thread.
public final class Follower {
  private static final long PAUSE_NANOS = 100_000_000;

  private final ControllerAccess access;

  public Follower(ControllerAccess access) {
    this.access = access;
  }

  /// When following ends, and with what.
  ///
  /// @param <T> the result
  public interface Rule<T> {
    /// Empty means: go on. Called at every change, and every few seconds without one.
    Optional<T> on(ControllerClient client, ServiceView service);

    /// The service is no more.
    ///
    /// @param last its last state; null if there was none
    T gone(@Nullable ServiceView last);
  }

  public <T> T follow(String name, Display display, Rule<T> rule) {
    ServiceView last = null;
    while (true) {
      ControllerClient client = access.connect();
      try (EventStream events = client.watch(name)) {
        for (EventStream.Event event = events.next(); event != null; event = events.next()) {
          if (event.name().equals("gone")) {
            return rule.gone(last);
          }
          if (event.name().equals("service")) {
            last = access.json().readValue(event.data(), ServiceView.class);
            display.show(last);
          }
          if (last != null) {
            Optional<T> result = rule.on(client, last);
            if (result.isPresent()) {
              return result.get();
            }
          }
        }
      } catch (ProblemException e) {
        if (e.is("no-such-service")) {
          return rule.gone(last);
        }
        throw e;
      } catch (IOException | ControllerGone ignored) {
        // The controller went away; connect() starts the next one, or says why it cannot.
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
