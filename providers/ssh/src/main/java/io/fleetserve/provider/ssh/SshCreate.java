package io.fleetserve.provider.ssh;

import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentBoot.ReplicaTask;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.host.HostAnswer;
import io.fleetserve.provider.host.HostCall;
import io.fleetserve.provider.host.HostCall.Verb;
import io.fleetserve.provider.ssh.Pool.Host;
import io.fleetserve.provider.ssh.SshOffers.Fitting;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// One create call: choose a host and note it down, prepare it, ask it once. Thread-safe.
///
/// Until the host is asked nothing is made for sure, so a host that cannot be prepared is passed
/// over for the next one. Once it was asked and gave no answer, the outcome is unknown.
final class SshCreate {
  /// A host may have room again as soon as a replica has left.
  private static final Duration SOON = Duration.ofSeconds(5);

  /// How long hosts may take to tell what they are.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ProviderContext context;
  private final Fleet fleet;
  private final Reservations reservations;
  private final SshOffers offers;
  private final Object choosing = new Object();

  SshCreate(ProviderContext context, Fleet fleet, Reservations reservations, SshOffers offers) {
    this.context = context;
    this.fleet = fleet;
    this.reservations = reservations;
    this.offers = offers;
  }

  CreateOutcome create(CreateSpec spec, Keeper keeper) {
    List<String> reasons = new ArrayList<>();
    Optional<Reservation> earlier = reservations.of(spec.attemptId());
    if (earlier.isPresent()) {
      String[] place = earlier.get().place().split("/", 2);
      return fleet
          .find(place[0], place[1])
          .map(link -> ask(link, earlier.get(), spec, keeper, reasons))
          .flatMap(outcome -> outcome)
          .orElseGet(() -> refused(reasons));
    }
    List<Host> hosts = hosts(spec.offer());
    SshOffers.Lacks silent = new SshOffers.Lacks();
    Map<HostLink, HostFacts> known = offers.facts(hosts, PATIENCE, silent);
    reasons.addAll(silent.all());
    while (!known.isEmpty()) {
      Optional<Reserved> chosen = reserve(known, spec, reasons);
      if (chosen.isEmpty()) {
        break;
      }
      Reserved reserved = chosen.get();
      Optional<CreateOutcome> outcome =
          ask(reserved.link(), reserved.reservation(), spec, keeper, reasons);
      if (outcome.isPresent()) {
        return outcome.get();
      }
      abandon(reserved.link(), spec.attemptId());
      known.remove(reserved.link());
    }
    return refused(reasons);
  }

  /// Leaves a host that was not asked. What was copied there goes now, or with the host's own sweep
  /// when it cannot be reached.
  private void abandon(HostLink link, String attemptId) {
    try {
      Uploads.remove(link, context.installationId(), attemptId);
    } catch (IOException ignored) {
      // the host may be away, which is why it was not asked
    }
    reservations.remove(attemptId);
  }

  private List<Host> hosts(Offer offer) {
    return fleet.pools().stream()
        .filter(pool -> pool.name().equals(offer.region()))
        .flatMap(pool -> pool.hosts().stream())
        .filter(host -> offer.zone() == null || offer.zone().equals(host.name()))
        .toList();
  }

  private record Reserved(HostLink link, Reservation reservation) {}

  /// Takes room on the emptiest host. One at a time, so that none is taken twice.
  private Optional<Reserved> reserve(
      Map<HostLink, HostFacts> known, CreateSpec spec, List<String> reasons) {
    synchronized (choosing) {
      SshOffers.Lacks lacks = new SshOffers.Lacks();
      List<Fitting> fitting = offers.fitting(known, spec.resources(), lacks);
      reasons.addAll(lacks.all());
      if (fitting.isEmpty()) {
        return Optional.empty();
      }
      Fitting best = fitting.getFirst();
      Reservation reservation =
          best.placing().reserve(spec.attemptId(), best.link().host().place(), spec.resources());
      try {
        reservations.put(reservation);
        return Optional.of(new Reserved(best.link(), reservation));
      } catch (IOException e) {
        reasons.add(context.home() + ": " + e.getMessage());
        return Optional.empty();
      }
    }
  }

  /// Asks a host; empty when it was not asked, and another one may be.
  private Optional<CreateOutcome> ask(
      HostLink link,
      Reservation reservation,
      CreateSpec spec,
      Keeper keeper,
      List<String> reasons) {
    HostSession session;
    AgentBoot boot;
    try {
      session = link.calls(context.installationId(), context::bundle);
      boot = prepared(link, reservation, spec, keeper);
    } catch (IOException | RuntimeException e) {
      reasons.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    try {
      HostAnswer answer = session.call(number -> new HostCall(number, Verb.CREATE, null, boot));
      return Optional.of(outcome(link, answer, spec.attemptId()));
    } catch (HostAwayException e) {
      return Optional.of(
          new CreateOutcome.Unknown(
              new ProviderError(
                  Category.OUTCOME_UNKNOWN, link.host().name(), null, "ssh: " + e.getMessage())));
    }
  }

  private CreateOutcome outcome(HostLink link, HostAnswer answer, String attemptId) {
    String accepted = answer.accepted();
    if (accepted != null) {
      return new CreateOutcome.Accepted(SshName.on(link.host(), accepted).ref());
    }
    ProviderError said = answer.error();
    String why = said == null ? String.valueOf(answer.failure()) : said.message();
    String message = "ssh: " + link.host().place() + ": " + why;
    if (said == null || answer.unknown()) {
      return new CreateOutcome.Unknown(
          new ProviderError(Category.OUTCOME_UNKNOWN, link.host().name(), null, message));
    }
    reservations.remove(attemptId);
    return new CreateOutcome.Rejected(
        new ProviderError(said.category(), link.host().name(), SOON, message));
  }

  /// The boot file for this host: its files copied, its way to the controller laid.
  private AgentBoot prepared(HostLink link, Reservation reservation, CreateSpec spec, Keeper keeper)
      throws IOException {
    AgentBoot boot = spec.boot();
    Map<String, String> environment = new HashMap<>();
    environment.put("SKYPILOT_NODE_IPS", link.host().address());
    link.host()
        .labels()
        .forEach((name, value) ->
            environment.put("FLEETSERVE_LABEL_" + name.replaceAll("[^A-Za-z0-9]", "_"), value));
    if (!reservation.devices().isEmpty()) {
      environment.put(
          "CUDA_VISIBLE_DEVICES",
          reservation.devices().stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
    String folder =
        link.facts().home() + Uploads.folder(context.installationId(), spec.attemptId());
    ReplicaTask task = Uploads.send(link, folder, boot.task(), environment);
    return boot.at(url(link, reservation, boot.controllerUrl(), keeper), "", task);
  }

  /// A controller that listens on its loopback only is reached through a port of the host's.
  private String url(HostLink link, Reservation reservation, String url, Keeper keeper)
      throws IOException {
    URI address = URI.create(url);
    if (!"127.0.0.1".equals(address.getHost())) {
      return url;
    }
    int port = keeper.lead(link, reservation, address.getPort());
    return address.getScheme() + "://127.0.0.1:" + port;
  }

  private static CreateOutcome refused(List<String> reasons) {
    String why =
        reasons.isEmpty()
            ? "no host of the pool is in infra.yaml any more"
            : String.join("; ", reasons.stream().distinct().toList());
    return new CreateOutcome.Rejected(
        new ProviderError(Category.CAPACITY_UNAVAILABLE, null, SOON, "ssh: " + why));
  }
}
