package io.fleetserve.loadbalancer.control;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.retry.Backoff;
import io.fleetserve.api.wire.EndpointDelta;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.Json;
import io.fleetserve.loadbalancer.control.SnapshotRules.Verdict;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// Keeps the routing what the controller says, by its endpoint stream, for ever: without a
/// controller the last good endpoints stay in use.
///
/// One thread of its own reads, judges, applies and stores; the rest of the program only asks.
public final class EndpointFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointFeed.class);
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
  // Heartbeats come each 5 s.
  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final Duration RESYNC = Duration.ofSeconds(1);

  private final String id;
  private final Path infoFile;
  private final Path tokenFile;
  private final SnapshotFile store;
  private final Routing routing;
  private final DataPlane plane;
  private final Runnable applied;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean connected;
  private volatile long generationApplied = -1;
  private volatile @Nullable String refused;
  private volatile @Nullable ControlConnection connection;
  private boolean unstored;
  private volatile boolean storing = true;

  /// @param id of this load balancer
  /// @param folder keeps `snapshot.json`
  /// @param applied called after each update that is in effect on every lane
  public EndpointFeed(
      String id,
      Path folder,
      Path infoFile,
      Path tokenFile,
      Routing routing,
      DataPlane plane,
      Runnable applied) {
    this.id = id;
    this.infoFile = infoFile;
    this.tokenFile = tokenFile;
    this.store = new SnapshotFile(folder.resolve("snapshot.json"));
    this.routing = routing;
    this.plane = plane;
    this.applied = applied;
    this.thread = Thread.ofPlatform().daemon().name("endpoint-feed").unstarted(this::run);
  }

  /// Serves with the stored snapshot, if any, then follows the controller.
  public void start() {
    Optional<EndpointSnapshot> stored = store.load();
    if (stored.isPresent()) {
      apply(stored.get());
      LOG.atInfo().addKeyValue(LogKeys.GENERATION, generationApplied).log("Started from snapshot");
    }
    thread.start();
  }

  /// Generation that is in effect on every lane; -1 for none.
  public long generationApplied() {
    return generationApplied;
  }

  /// Why the last update was refused; null when it was applied.
  public @Nullable String refused() {
    return refused;
  }

  /// Whether the stream is open now.
  public boolean isConnected() {
    return connected;
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      try {
        ControllerAddress address = ControllerAddress.read(infoFile, tokenFile);
        try (ControlConnection opened = ControlConnection.open(address)) {
          connection = opened;
          if (follow(opened)) {
            failures = 0;
          }
        }
      } catch (IOException | RuntimeException e) {
        if (connected && !closed) {
          LOG.atWarn().addKeyValue(LogKeys.REASON, String.valueOf(e)).log("Lost the controller");
        }
      }
      connected = false;
      connection = null;
      failures++;
      pause(BACKOFF.delay(failures, 0.5 + ThreadLocalRandom.current().nextDouble() / 2));
    }
  }

  private void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException ignored) {
      closed = true; // only close() interrupts
    }
  }

  /// Reads the stream until it ends; true if anything came.
  private boolean follow(ControlConnection from) throws IOException {
    String path = "/api/v1/loadbalancers/" + id + "/endpoints";
    ControlConnection.Answer answer = from.request("GET", path, null, SILENCE);
    if (answer.status() != 200) {
      throw new IOException("controller answered with " + answer.status());
    }
    if (!connected) {
      LOG.atInfo().log("Connected to the controller");
    }
    connected = true;
    EventReader events = new EventReader(answer.body());
    boolean any = false;
    try {
      for (var event = events.next(); event != null && !closed; event = events.next()) {
        any = true;
        storeAgain();
        boolean inSync = on(event);
        // A refused update is asked for again soon; otherwise only heartbeats are due.
        from.patience(inSync ? SILENCE : RESYNC);
      }
    } catch (SocketTimeoutException e) {
      if (!any) {
        throw e;
      }
    }
    return any;
  }

  private boolean on(EventReader.Event event) throws IOException {
    EndpointSnapshot held = routing.snapshot();
    try {
      return switch (event.name()) {
        case "snapshot" ->
            on(
                SnapshotRules.judge(
                    held, Json.MAPPER.readValue(event.data(), EndpointSnapshot.class)));
        case "delta" ->
            on(SnapshotRules.judge(held, Json.MAPPER.readValue(event.data(), EndpointDelta.class)));
        default -> refused == null;
      };
    } catch (JacksonException e) {
      return on(new Verdict.Refused("update cannot be read: " + e.getOriginalMessage(), false));
    }
  }

  private boolean on(Verdict verdict) throws IOException {
    return switch (verdict) {
      case Verdict.Accepted(EndpointSnapshot snapshot) -> accept(snapshot);
      case Verdict.Refused(String reason, boolean resync) -> refuse(reason, resync);
    };
  }

  private boolean accept(EndpointSnapshot snapshot) {
    apply(snapshot);
    unstored = storing && !store.store(snapshot);
    return true;
  }

  /// Leaves `snapshot.json` to a successor; goes on following the controller.
  public void stopStoring() {
    storing = false;
  }

  private boolean refuse(String reason, boolean resync) throws IOException {
    if (!reason.equals(refused)) {
      LOG.atWarn().addKeyValue(LogKeys.REASON, reason).log("Refused an endpoint update");
    }
    refused = reason;
    applied.run();
    if (resync) {
      throw new IOException(reason);
    }
    return false;
  }

  private void apply(EndpointSnapshot snapshot) {
    routing.apply(snapshot);
    try {
      // Requests first: ports may take a moment, waiting requests should not.
      if (plane.settle()) {
        generationApplied = snapshot.generation();
        refused = null;
      }
    } catch (InterruptedException ignored) {
      closed = true; // only close() interrupts
      return;
    }
    applied.run();
    plane.listeners().reconcile(routing.table());
  }

  /// What a full disk did not take is tried again with every event.
  private void storeAgain() {
    if (unstored && storing) {
      unstored = !store.store(routing.snapshot());
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    ControlConnection open = connection;
    if (open != null) {
      open.close();
    }
  }
}
