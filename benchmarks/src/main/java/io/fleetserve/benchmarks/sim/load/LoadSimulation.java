package io.fleetserve.benchmarks.sim.load;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.controller.autoscale.Autoscaler;
import io.fleetserve.controller.autoscale.Autoscaler.Decision;
import io.fleetserve.controller.autoscale.Autoscaler.Inputs;
import io.fleetserve.controller.autoscale.AutoscalerState;
import io.fleetserve.controller.autoscale.Autoscalers;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// One service under one load in virtual time: the controller's own autoscaler and load window, a
/// load balancer that lets requests wait in one queue, and replicas with slots. Confined to one
/// thread; the same arguments give the same outcome.
final class LoadSimulation {
  static final int SLOTS = 8;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final LoadReport.Histogram NONE = new LoadReport.Histogram(List.of(), 0);
  private static final String SERVICE = "svc";

  private final Workload load;
  private final ServiceSpec spec;
  private final Autoscaler autoscaler;
  private final double coldStart;
  private final List<Server> servers = new ArrayList<>();
  private final Completions completions = new Completions();
  private final double[] waits;
  private final int seconds;
  private final int[] supply;
  private LoadWindow window;
  private AutoscalerState memory = AutoscalerState.NONE;
  private int target;
  private int nextId = 1;
  private int arrived;
  private int head;
  private long answered;
  private double concurrency;
  private double heldIntegral;
  private double integratedTo;
  private int inFlight;
  private double replicaSeconds;
  private int actions;
  private long sequence;

  /// One replica.
  private static final class Server {
    final int id;
    final double launchedAt;
    final double readyAt;
    int busy;
    boolean draining;

    Server(int id, double launchedAt, double readyAt) {
      this.id = id;
      this.launchedAt = launchedAt;
      this.readyAt = readyAt;
    }
  }

  /// @param initial replicas that are ready at the start
  LoadSimulation(Workload load, ServiceSpec spec, double coldStart, int initial) {
    this.load = load;
    this.spec = spec;
    this.coldStart = coldStart;
    this.autoscaler = Autoscalers.forSpec(spec);
    this.seconds = (int) Math.ceil(load.seconds());
    this.waits = new double[load.arrivals().length];
    this.supply = new int[seconds];
    this.window = LoadWindow.of(SERVICE, Autoscalers.longestWindow(spec).multipliedBy(2));
    this.target = initial;
    for (int i = 0; i < initial; i++) {
      servers.add(new Server(nextId++, 0, 0));
    }
    memory =
        new AutoscalerState(autoscaler.name(), initial, 0, 0, START.toEpochMilli(), 0, List.of());
  }

  Outcome run() {
    Arrays.fill(waits, -1);
    double nextDecision = 0;
    report(0);
    for (int second = 0; second < seconds; second++) {
      events(second, second + 1.0);
      int now = second + 1;
      report(now);
      boolean wakes = target == 0 && head < arrived;
      if (wakes || now >= nextDecision) {
        decide(now);
        nextDecision = now + autoscaler.period(target).toMillis() / 1000.0;
      }
      supply[second] = (int) servers.stream().filter(s -> !s.draining && s.readyAt <= now).count();
    }
    for (int i = head; i < arrived; i++) {
      waits[i] = seconds - load.arrivals()[i];
    }
    return Outcome.of(load, waits, arrived, supply, replicaSeconds / 3600, actions);
  }

  private void events(double from, double to) {
    double[] arrivals = load.arrivals();
    replicaSeconds += servers.size() * (to - from);
    while (true) {
      double nextReady = Double.MAX_VALUE;
      if (head < arrived) {
        for (Server server : servers) {
          if (server.readyAt > integratedTo && server.readyAt < nextReady) {
            nextReady = server.readyAt;
          }
        }
      }
      double nextArrival = arrived < arrivals.length ? arrivals[arrived] : Double.MAX_VALUE;
      double next = Math.min(Math.min(nextArrival, completions.next()), nextReady);
      if (next >= to) {
        integrate(to);
        return;
      }
      integrate(next);
      if (completions.next() <= next) {
        Server server = completions.poll();
        server.busy--;
        inFlight--;
        answered++;
        if (server.draining && server.busy == 0) {
          servers.remove(server);
          replicaSeconds -= to - next;
        }
      } else if (nextArrival <= next) {
        arrived++;
      }
      dispatch(next);
    }
  }

  private void dispatch(double now) {
    while (head < arrived) {
      Server best = null;
      for (Server server : servers) {
        if (!server.draining
            && server.readyAt <= now
            && server.busy < SLOTS
            && (best == null || server.busy < best.busy)) {
          best = server;
        }
      }
      if (best == null) {
        return;
      }
      best.busy++;
      inFlight++;
      waits[head] = now - load.arrivals()[head];
      completions.add(now + load.service()[head], best);
      head++;
    }
  }

  private void integrate(double to) {
    double span = to - integratedTo;
    concurrency += (arrived - head + inFlight) * span;
    heldIntegral += (arrived - head) * span;
    integratedTo = to;
  }

  private void report(int now) {
    window =
        window.with(
            new LoadReport(
                "lb",
                START.toEpochMilli(),
                ++sequence,
                0,
                0,
                null,
                LoadReport.Phase.SERVING,
                null,
                List.of(
                    new LoadReport.ServiceLoad(
                        SERVICE,
                        arrived,
                        answered,
                        0,
                        0,
                        0,
                        arrived - head,
                        inFlight,
                        Math.round(concurrency * 1000),
                        Math.round(heldIntegral * 1000),
                        NONE,
                        NONE,
                        null,
                        List.of(),
                        LoadReport.Tokens.NONE))),
            START.plusSeconds(now));
  }

  private void decide(int now) {
    List<Replica> rows = new ArrayList<>();
    for (Server server : servers) {
      if (!server.draining) {
        rows.add(row(server, now));
      }
    }
    Instant time = START.plusSeconds(now);
    Decision decision =
        autoscaler.decide(
            new Inputs(
                window,
                target,
                rows,
                spec,
                memory,
                Duration.ofMillis(Math.round(coldStart * 1000))),
            time);
    memory = decision.next();
    if (decision.target() != target) {
      actions++;
    }
    target = decision.target();
    int alive = rows.size();
    for (; alive < target; alive++) {
      servers.add(new Server(nextId++, now, now + coldStart));
    }
    for (; alive > target; alive--) {
      remove(now);
    }
  }

  private void remove(int now) {
    Server victim =
        servers.stream()
            .filter(server -> !server.draining)
            .min(
                Comparator.comparing((Server server) -> server.readyAt <= now)
                    .thenComparingInt(server -> server.busy)
                    .thenComparingInt(server -> -server.id))
            .orElseThrow();
    victim.draining = true;
    if (victim.busy == 0) {
      servers.remove(victim);
    }
  }

  private static Replica row(Server server, int now) {
    ReplicaStatus status = server.readyAt <= now ? ReplicaStatus.READY : ReplicaStatus.STARTING;
    Instant launched = START.plusMillis(Math.round(1000 * server.launchedAt));
    return Replica.pending(new ReplicaKey(SERVICE, server.id, 1), 1, "", "", launched)
        .withStatus(status, "", launched);
  }

  /// Answers to come, soonest first.
  private static final class Completions {
    private double[] times = new double[1024];
    private Server[] servers = new Server[1024];
    private int size;

    double next() {
      return size == 0 ? Double.MAX_VALUE : times[0];
    }

    void add(double time, Server server) {
      if (size == times.length) {
        times = Arrays.copyOf(times, 2 * size);
        servers = Arrays.copyOf(servers, 2 * size);
      }
      int at = size++;
      while (at > 0 && times[(at - 1) / 2] > time) {
        times[at] = times[(at - 1) / 2];
        servers[at] = servers[(at - 1) / 2];
        at = (at - 1) / 2;
      }
      times[at] = time;
      servers[at] = server;
    }

    Server poll() {
      Server first = servers[0];
      double time = times[--size];
      Server server = servers[size];
      int at = 0;
      while (2 * at + 1 < size) {
        int child = 2 * at + 1;
        if (child + 1 < size && times[child + 1] < times[child]) {
          child++;
        }
        if (times[child] >= time) {
          break;
        }
        times[at] = times[child];
        servers[at] = servers[child];
        at = child;
      }
      times[at] = time;
      servers[at] = server;
      return first;
    }
  }
}
