package io.fleetserve.provider.ssh;

import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ssh.Pool.Host;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Each host of each pool, asked what it is and whether a replica could be started there.
/// Thread-safe.
final class SshPlaces {
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  /// What the unpacked agent, a replica's log and its folder take at least.
  private static final long LEAST_FREE = 256L << 20;

  private static final long MIB = 1L << 20;

  private final ProviderContext context;
  private final Fleet fleet;
  private final Reservations reservations;

  SshPlaces(ProviderContext context, Fleet fleet, Reservations reservations) {
    this.context = context;
    this.fleet = fleet;
    this.reservations = reservations;
  }

  List<Place> places() {
    List<Place> all = new ArrayList<>();
    String complaint = fleet.complaint();
    if (!complaint.isEmpty()) {
      all.add(Place.away(SshProvider.NAME, "infra.yaml", complaint.lines().findFirst().orElse("")));
    }
    Map<HostLink, Pool> hosts = new LinkedHashMap<>();
    for (Pool pool : fleet.pools()) {
      pool.hosts().forEach(host -> hosts.put(fleet.link(host), pool));
    }
    if (hosts.isEmpty()) {
      all.add(
          Place.away(
              SshProvider.NAME,
              "infra.yaml",
              context.infra() + " has no hosts below ssh: (expected: at least one pool)"));
    }
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Map<HostLink, Future<HostFacts>> asked = new LinkedHashMap<>();
      hosts.keySet().forEach(link -> asked.put(link, threads.submit(link::factsNow)));
      long end = System.nanoTime() + PATIENCE.toNanos();
      asked.forEach((link, answer) -> all.add(place(link, hosts.get(link), answer, end)));
    } finally {
      threads.shutdownNow();
    }
    return all;
  }

  private Place place(HostLink link, @Nullable Pool pool, Future<HostFacts> answer, long endNanos) {
    Host host = link.host();
    double price = pool == null ? 0 : pool.pricePerHour();
    List<Reservation> taken = reservations.on(host.place());
    Set<String> attempts =
        taken.stream().map(Reservation::attemptId).collect(Collectors.toUnmodifiableSet());
    try {
      HostFacts facts = answer.get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      MachineFit size = facts.size(host);
      MachineFit free = new Placing(size, facts.models(), taken).free();
      String problem = unusable(host, facts);
      return new Place(infra(host), "host", problem, size, free, price, false, attempts);
    } catch (TimeoutException slow) {
      return away(host, "has not answered within " + PATIENCE.toSeconds() + " s", price, attempts);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String why = cause instanceof IOException ? cause.getMessage() : String.valueOf(cause);
      return away(host, String.valueOf(why), price, attempts);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return away(host, "interrupted", price, attempts);
    }
  }

  private static Place away(Host host, String why, double price, Set<String> attempts) {
    return new Place(infra(host), "host", why, null, null, price, false, attempts);
  }

  private static String infra(Host host) {
    return SshProvider.NAME + "/" + host.place();
  }

  private @Nullable String unusable(Host host, HostFacts facts) {
    if (context.bundle(facts.architecture()).isEmpty()) {
      return host.place()
          + ": its architecture is "
          + facts.architecture()
          + ", for which this distribution has no agent";
    }
    return facts.freeBytes() >= LEAST_FREE
        ? null
        : "%s: has %d MiB free below %s (expected: >= %d); remove what is not needed there"
            .formatted(host.place(), facts.freeBytes() / MIB, facts.home(), LEAST_FREE / MIB);
  }
}
