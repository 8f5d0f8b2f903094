package io.fleetserve.controller.run;

import io.fleetserve.api.wire.AgentView;
import io.fleetserve.api.wire.InfraView;
import io.fleetserve.api.wire.MachineView;
import io.fleetserve.api.wire.PlaceView;
import io.fleetserve.controller.identity.AgentDoor;
import io.fleetserve.controller.identity.Joins;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.placement.Silence;
import io.fleetserve.controller.store.Join;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The places replicas can run, and the agents on other machines, for people. Thread-safe.
final class Infrastructure {
  /// Providers answer within ten seconds.
  private static final long PATIENCE_SECONDS = 15;

  private final LoopContext context;
  private final Services services;

  Infrastructure(LoopContext context, Services services) {
    this.context = context;
    this.services = services;
  }

  /// Every provider there is, asked side by side now.
  ///
  /// @throws InterruptedException when the controller ends meanwhile
  List<InfraView> list() throws InterruptedException {
    Providers providers = context.providers();
    Map<String, String> replicas = replicas();
    Map<InstanceProvider, Future<List<Place>>> asked = new LinkedHashMap<>();
    List<InfraView> all = new ArrayList<>();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      providers.all().forEach(each -> asked.put(each, threads.submit(each::places)));
      for (Map.Entry<InstanceProvider, Future<List<Place>>> each : asked.entrySet()) {
        all.add(view(each.getKey().name(), each.getValue(), replicas));
      }
    } finally {
      threads.shutdownNow();
    }
    providers.closed().forEach((name, reason) -> all.add(closed(name, reason)));
    return all;
  }

  private InfraView view(String provider, Future<List<Place>> answer, Map<String, String> replicas)
      throws InterruptedException {
    try {
      List<Place> places = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      boolean usable = places.stream().anyMatch(Place::usable);
      String silent = services.desk().silence(provider).map(each -> silent(each)).orElse("");
      return new InfraView(
          provider,
          true,
          usable ? silent : "none of its places can be used",
          alive(provider),
          places.stream().map(place -> view(place, replicas)).toList());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return broken(provider, String.valueOf(cause == null ? e : cause.getMessage()));
    } catch (TimeoutException slow) {
      return broken(provider, "has not answered within " + PATIENCE_SECONDS + " s");
    }
  }

  private static String silent(Silence silence) {
    return "has not told since %s what it offers; nothing is started there before %s if anything else fits"
        .formatted(silence.since(), silence.until());
  }

  private InfraView broken(String provider, String reason) {
    return new InfraView(provider, true, reason, alive(provider), List.of());
  }

  private InfraView closed(String provider, String reason) {
    return new InfraView(provider, false, reason, alive(provider), List.of());
  }

  private static PlaceView view(Place place, Map<String, String> replicas) {
    return new PlaceView(
        place.infra(),
        place.kind(),
        Objects.requireNonNullElse(place.problem(), ""),
        view(place.size()),
        view(place.free()),
        place.hourlyPrice(),
        place.spot(),
        place.attempts().stream().map(replicas::get).filter(Objects::nonNull).sorted().toList());
  }

  private static @Nullable MachineView view(@Nullable MachineFit fit) {
    return fit == null ? null : new MachineView(fit.cpus(), fit.memoryBytes(), fit.accelerators());
  }

  /// Names of replicas by the attempts that hold machines for them.
  private Map<String, String> replicas() {
    Map<String, String> names = new HashMap<>();
    all()
        .forEach(replica -> {
          String attempt = replica.attemptId();
          if (attempt != null) {
            names.put(attempt, replica.key().service() + "/" + replica.id());
          }
        });
    return names;
  }

  private Stream<Replica> all() {
    return services.loops().stream().flatMap(loop -> loop.ledger().replicas().stream());
  }

  private int alive(String provider) {
    return (int)
        all()
            .filter(replica -> replica.machine().provider().equals(provider))
            .filter(replica -> replica.status().isAlive())
            .count();
  }

  /// Agents on other machines, by service and replica; none while no provider is of other machines.
  List<AgentView> agents() {
    AgentDoor door = context.boots().door();
    return door == null ? List.of() : agents(door.joins());
  }

  private List<AgentView> agents(Joins joins) {
    List<AgentView> agents = new ArrayList<>();
    all()
        .filter(Replica::holdsMachine)
        .sorted(Comparator.comparing(Replica::key, ReplicaKey.ORDER))
        .forEach(replica -> {
          String attempt = replica.attemptId();
          if (attempt != null) {
            joins.of(attempt).ifPresent(join -> agents.add(view(replica, join)));
          }
        });
    return agents;
  }

  private static AgentView view(Replica replica, Join join) {
    String serial = join.serial();
    return new AgentView(
        replica.key().service(),
        replica.id(),
        replica.key().generation(),
        replica.machine().place(),
        join.revoked()
            ? AgentView.State.REVOKED
            : serial == null ? AgentView.State.INVITED : AgentView.State.JOINED,
        serial == null ? "" : serial);
  }
}
