package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.admission.HoldQueue;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.lane.Buffers;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import io.fleetserve.loadbalancer.telemetry.Buckets;
import io.fleetserve.loadbalancer.telemetry.ServiceStats;
import io.fleetserve.loadbalancer.telemetry.Tracing;
import io.fleetserve.loadbalancer.telemetry.TrafficStats;
import io.fleetserve.loadbalancer.tunnel.Tunnels;
import io.fleetserve.loadbalancer.upstream.UpstreamPool;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Lanes with their parts, and the ports in front of them. Thread-safe.
public final class DataPlane {
  private static final long SETTLE_SECONDS = 5;

  private final Routing routing;
  private final List<LaneServices> lanes = new ArrayList<>();
  private final Map<Object, LaneServices> byLoop = new HashMap<>();
  private final Listeners listeners;
  private final Tunnels tunnels;

  /// @param log null without an access log
  /// @param report tells the controller at once; returns at once
  public DataPlane(
      Transport transport,
      Routing routing,
      ProxySettings settings,
      String bindHost,
      @Nullable AccessLog log,
      Runnable report) {
    this(
        transport,
        routing,
        settings,
        bindHost,
        log,
        report,
        null,
        new Tunnels(_ -> false, settings.times().connect()));
  }

  /// The same, with traces and tunnels.
  public DataPlane(
      Transport transport,
      Routing routing,
      ProxySettings settings,
      String bindHost,
      @Nullable AccessLog log,
      Runnable report,
      @Nullable Tracing tracing,
      Tunnels tunnels) {
    this.routing = routing;
    this.tunnels = tunnels;
    Connections connections =
        new Connections(settings.maxConnections(), settings.limits().connectionsPerClient());
    Urgency urgency =
        new Urgency() {
          @Override
          public void report() {
            report.run();
          }

          @Override
          public void resume(Service service) {
            for (LaneServices each : lanes) {
              each.lane().loop().execute(() -> each.holds().resume(service, true));
            }
          }
        };
    for (EventExecutor loop : transport.group()) {
      Lane lane = new Lane(lanes.size(), (io.netty.channel.EventLoop) loop, settings.heads());
      UpstreamPool pool = new UpstreamPool(lane, transport.clientType(), settings, tunnels);
      LaneServices parts =
          new LaneServices(
              lane,
              pool,
              new HoldQueue(lane, this::handOver),
              routing,
              settings,
              log == null ? null : log.part(),
              urgency,
              connections,
              tracing);
      lanes.add(parts);
      byLoop.put(loop, parts);
    }
    listeners =
        new Listeners(
            settings,
            transport.group(),
            transport.serverType(),
            bindHost,
            connections,
            this::partsOf);
    lanes.forEach(parts -> start(parts, urgency));
  }

  /// Those that agents have dialled.
  public Tunnels tunnels() {
    return tunnels;
  }

  private void handOver(Service service, int lane) {
    LaneServices to = lanes.get(lane);
    to.lane().loop().execute(() -> to.holds().goOn(service));
  }

  private LaneServices partsOf(Channel channel) {
    LaneServices parts = byLoop.get(channel.eventLoop());
    if (parts == null) {
      throw new IllegalStateException("channel of a foreign event loop");
    }
    return parts;
  }

  private void start(LaneServices parts, Urgency urgency) {
    parts
        .lane()
        .loop()
        .execute(() -> {
          parts.lane().add(parts.pool());
          parts.lane().add(parts.holds());
          AccessLog.Part log = parts.log();
          if (log != null) {
            parts.lane().add(now -> log.flush());
          }
          if (parts.lane().index() == 0) {
            parts.lane().add(now -> endEjections(now, urgency));
          }
        });
    parts.lane().start();
  }

  private void endEjections(long now, Urgency urgency) {
    for (Service service : routing.table().byName().values()) {
      if (service.onTime(now)) {
        urgency.resume(service);
      }
    }
  }

  public Listeners listeners() {
    return listeners;
  }

  /// Lets waiting requests try the routing as it is now, and waits until every lane has done so: no
  /// request is placed by an older table afterwards. False if a lane did not answer in time.
  public boolean settle() throws InterruptedException {
    CountDownLatch left = new CountDownLatch(lanes.size());
    for (LaneServices parts : lanes) {
      parts
          .lane()
          .loop()
          .execute(() -> {
            parts.holds().resumeAll(true);
            left.countDown();
          });
    }
    return left.await(SETTLE_SECONDS, TimeUnit.SECONDS);
  }

  /// Totals of every service, summed up by service name in one list per lane.
  public Map<String, List<ServiceStats.Totals>> totals() throws InterruptedException {
    Map<String, List<ServiceStats.Totals>> all = new HashMap<>();
    CountDownLatch left = new CountDownLatch(lanes.size());
    for (LaneServices parts : lanes) {
      parts
          .lane()
          .loop()
          .execute(() -> {
            long now = System.nanoTime();
            for (Service service : routing.table().byName().values()) {
              ServiceStats.Totals totals = service.stats(parts.lane().index()).totals(now);
              synchronized (all) {
                all.computeIfAbsent(service.name(), name -> new ArrayList<>()).add(totals);
              }
            }
            left.countDown();
          });
    }
    if (!left.await(SETTLE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("an event loop does not answer");
    }
    synchronized (all) {
      return Map.copyOf(all);
    }
  }

  /// What passed, in detail, by service name, summed up over all lanes.
  public Map<String, TrafficStats.Totals> traffic() throws InterruptedException {
    Map<String, List<TrafficStats.Totals>> all = new HashMap<>();
    onEachLane(parts -> {
      for (Service service : routing.table().byName().values()) {
        Set<Long> known =
            service.known().stream()
                .map(replica ->
                    TrafficStats.key(replica.key().replicaId(), replica.key().generation()))
                .collect(Collectors.toSet());
        TrafficStats.Totals totals = service.stats(parts.lane().index()).traffic().totals(known);
        synchronized (all) {
          all.computeIfAbsent(service.name(), name -> new ArrayList<>()).add(totals);
        }
      }
    });
    Map<String, TrafficStats.Totals> sums = new HashMap<>();
    synchronized (all) {
      all.forEach((name, parts) -> sums.put(name, TrafficStats.Totals.sum(parts)));
    }
    return sums;
  }

  /// Memory of network buffers, in bytes.
  public long bufferBytes() {
    return Buffers.bytes();
  }

  /// How late each lane's clock ticked.
  public List<Buckets.Snapshot> lags() throws InterruptedException {
    Buckets.Snapshot[] lags = new Buckets.Snapshot[lanes.size()];
    onEachLane(parts -> {
      synchronized (lags) {
        lags[parts.lane().index()] = parts.lane().lag().snapshot();
      }
    });
    synchronized (lags) {
      return List.of(lags);
    }
  }

  private void onEachLane(Consumer<LaneServices> task) throws InterruptedException {
    CountDownLatch left = new CountDownLatch(lanes.size());
    for (LaneServices parts : lanes) {
      parts
          .lane()
          .loop()
          .execute(() -> {
            task.accept(parts);
            left.countDown();
          });
    }
    if (!left.await(SETTLE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("an event loop does not answer");
    }
  }

  /// Hands all finished lines over to the access log.
  public void flushLogs() throws InterruptedException {
    CountDownLatch left = new CountDownLatch(lanes.size());
    for (LaneServices parts : lanes) {
      parts
          .lane()
          .loop()
          .execute(() -> {
            AccessLog.Part log = parts.log();
            if (log != null) {
              log.flush();
            }
            left.countDown();
          });
    }
    var _ = left.await(SETTLE_SECONDS, TimeUnit.SECONDS);
  }
}
