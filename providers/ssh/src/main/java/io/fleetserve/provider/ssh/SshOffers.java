package io.fleetserve.provider.ssh;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.host.OwnMachine;
import io.fleetserve.provider.ssh.Pool.Host;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// What the pools could give for a wish: one offer per pool, which host it becomes is decided when
/// it is taken; or the one host that `infra: ssh/<pool>/<host>` names. Thread-safe.
final class SshOffers {
  /// An answer may wait this long for hosts that were not asked yet.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /// How long hosts that are not known yet are waited for when others are.
  private static final Duration MOMENT = Duration.ofMillis(500);

  private final Fleet fleet;
  private final Reservations reservations;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  SshOffers(Fleet fleet, Reservations reservations) {
    this.fleet = fleet;
    this.reservations = reservations;
  }

  /// Why hosts cannot take a wish, each reason with the host's name: it is not such a host, it is
  /// full or away, it has not answered yet.
  static final class Lacks {
    private final List<String> never = new ArrayList<>();
    private final List<String> now = new ArrayList<>();
    private final List<String> late = new ArrayList<>();

    List<String> all() {
      return Stream.of(never, now, late).flatMap(List::stream).toList();
    }
  }

  /// A host that can take a wish, and how full it is with it.
  record Fitting(HostLink link, Placing placing) {}

  List<Offer> offers(OfferQuery query) {
    List<String> infra = infra(query.resources().infra());
    if (!infra.getFirst().isEmpty()
        && !infra.getFirst().equals("*")
        && !infra.getFirst().equals(SshProvider.NAME)) {
      query.reject().accept("ssh: infra is " + query.resources().infra() + " (expected: ssh)");
      return List.of();
    }
    if (!fleet.complaint().isEmpty()) {
      query.reject().accept("ssh: " + fleet.complaint());
    }
    List<String> never = OwnMachine.against(query);
    if (!never.isEmpty()) {
      never.forEach(reason -> query.reject().accept("ssh: " + reason));
      return List.of();
    }
    List<Offer> offers = new ArrayList<>();
    for (Pool pool : fleet.pools()) {
      if (fits(infra, 1, pool.name())) {
        List<Host> hosts =
            pool.hosts().stream().filter(host -> fits(infra, 2, host.name())).toList();
        offer(pool, hosts, fixed(infra), query).ifPresent(offers::add);
      }
    }
    return offers;
  }

  private static List<String> infra(@org.jspecify.annotations.Nullable String infra) {
    String text = infra == null ? "" : infra.strip().toLowerCase(Locale.ROOT);
    return List.of(text.split("\\s*/\\s*", 3));
  }

  private static boolean fits(List<String> infra, int index, String name) {
    return infra.size() <= index
        || infra.get(index).equals("*")
        || infra.get(index).equals(name.toLowerCase(Locale.ROOT));
  }

  /// Whether one host is named.
  private static boolean fixed(List<String> infra) {
    return infra.size() == 3 && !infra.get(2).equals("*");
  }

  private Optional<Offer> offer(Pool pool, List<Host> hosts, boolean one, OfferQuery query) {
    Lacks lacks = new Lacks();
    List<Fitting> fitting = fitting(facts(hosts, PATIENCE, lacks), query.resources(), lacks);
    if (fitting.isEmpty()) {
      lacks.never.forEach(reason -> query.reject().accept("ssh: " + reason));
      lacks.now.forEach(reason -> query.later().accept("ssh: " + reason));
      lacks.late.forEach(reason -> query.late().accept("ssh: " + reason));
      return Optional.empty();
    }
    MachineFit size = fitting.getFirst().placing().size();
    return Optional.of(
        new Offer(
            SshProvider.NAME,
            pool.name(),
            one ? hosts.getFirst().name() : null,
            "host",
            size.description(),
            pool.pricePerHour(),
            false));
  }

  /// What each host is, as far as it tells within the time; a little is waited for new ones when
  /// others are known already.
  ///
  /// @param lacks takes why the others have not told
  Map<HostLink, HostFacts> facts(List<Host> hosts, Duration patience, Lacks lacks) {
    List<HostLink> links = hosts.stream().map(fleet::link).toList();
    boolean someKnown = links.stream().anyMatch(link -> link.knownFacts().isPresent());
    Map<HostLink, Future<HostFacts>> asked = new LinkedHashMap<>();
    links.forEach(link -> asked.put(link, threads.submit(link::facts)));
    long end = System.nanoTime() + (someKnown ? MOMENT : patience).toNanos();
    Map<HostLink, HostFacts> told = new LinkedHashMap<>();
    asked.forEach((link, answer) -> {
      try {
        told.put(link, answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
      } catch (TimeoutException slow) {
        lacks.late.add(link.host().place() + ": has not answered yet");
      } catch (ExecutionException e) {
        boolean refused = e.getCause() instanceof HostAwayException away && away.refused();
        (refused ? lacks.never : lacks.now).add(reason(link, e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        lacks.late.add(link.host().place() + ": interrupted");
      }
    });
    return told;
  }

  /// Hosts that can take a wish now, the emptiest first.
  ///
  /// @param lacks takes why the others cannot
  List<Fitting> fitting(Map<HostLink, HostFacts> known, Resources wish, Lacks lacks) {
    List<Fitting> fitting = new ArrayList<>();
    known.forEach((link, facts) -> {
      Host host = link.host();
      Placing placing =
          new Placing(facts.size(host), facts.models(), reservations.on(host.place()));
      // What is lacking for ever is told by the size, what is lacking now by what is free.
      List<String> never = placing.size().against(wish);
      List<String> now = never.isEmpty() ? placing.free().against(wish) : List.of();
      never.forEach(reason -> lacks.never.add(host.place() + " " + reason));
      now.forEach(reason ->
          lacks.now.add(
              "%s %s free beside %d replicas"
                  .formatted(host.place(), reason, placing.taken().size())));
      if (never.isEmpty() && now.isEmpty()) {
        fitting.add(new Fitting(link, placing));
      }
    });
    fitting.sort(Comparator.comparingDouble(each -> each.placing().load()));
    return fitting;
  }

  private static String reason(HostLink link, ExecutionException e) {
    return e.getCause() instanceof IOException io
        ? String.valueOf(io.getMessage())
        : link.host().place() + ": " + e.getCause();
  }

  void close() {
    threads.shutdownNow();
  }
}
