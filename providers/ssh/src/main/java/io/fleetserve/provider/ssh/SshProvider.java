package io.fleetserve.provider.ssh;

import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.host.HostAnswer;
import io.fleetserve.provider.host.HostCall;
import io.fleetserve.provider.host.HostCall.Verb;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs replicas on hosts that are reached by SSH. On the host the same code as on the controller's
/// own machine makes, finds and ends them; it is copied there with the agent, and runs while the
/// connection is open. What it started lives on.
///
/// State is on the hosts; here only is noted down which attempt went where. Thread-safe.
final class SshProvider implements InstanceProvider {
  static final String NAME = "ssh";

  /// Nothing is asked of a host that never had a replica of ours but whether it has a folder of
  /// ours.
  private static String ours(String installationId) {
    return "ls -A \"$HOME/.fleetserve/replicas/" + installationId + "\" 2>/dev/null; exit 0\n";
  }

  private static final Logger LOG = LoggerFactory.getLogger(SshProvider.class);

  /// A little less than what the capabilities promise, so that whoever waited for that is answered
  /// by a place where nothing is left.
  private static final Duration UNSETTLED = Duration.ofSeconds(8);

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final ProviderContext context;
  private final Fleet fleet;
  private final Reservations reservations;
  private final SshOffers offers;
  private final SshCreate create;
  private final Keeper keeper;

  /// Attempts that [#create] is busy with.
  private final Set<String> creating = ConcurrentHashMap.newKeySet();

  SshProvider(ProviderContext context, PoolFile pools) {
    this.context = context;
    this.fleet = new Fleet(pools);
    this.reservations = new Reservations(context.home().resolve("attempts"));
    this.offers = new SshOffers(fleet, reservations);
    this.create = new SshCreate(context, fleet, reservations, offers);
    this.keeper = new Keeper(fleet, reservations, context.home().resolve("controller.port"));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(false, true, false, true, Duration.ZERO, Duration.ofSeconds(10));
  }

  @Override
  public List<Offer> offers(OfferQuery query) {
    return offers.offers(query);
  }

  @Override
  public List<Place> places() {
    return new SshPlaces(context, fleet, reservations).places();
  }

  @Override
  public CreateOutcome create(CreateSpec spec) {
    creating.add(spec.attemptId());
    try {
      return create.create(spec, keeper);
    } finally {
      creating.remove(spec.attemptId());
    }
  }

  @Override
  public Optional<Instance> get(InstanceRef ref) {
    SshName name = SshName.of(ref);
    Optional<Instance> found =
        call("get", name, Verb.GET).instances().stream().findFirst().map(each -> ours(each, name));
    if (found.isEmpty() && !creating.contains(name.attemptId())) {
      fleet.find(name.pool(), name.host()).ifPresent(link -> forget(link, name.attemptId()));
    }
    return found;
  }

  @Override
  public void terminate(InstanceRef ref) {
    SshName name = SshName.of(ref);
    call("terminate", name, Verb.TERMINATE);
    reservations.remove(name.attemptId());
  }

  private HostAnswer call(String what, SshName name, Verb verb) {
    HostLink link =
        fleet
            .find(name.pool(), name.host())
            .orElseThrow(() ->
                new ProviderException(
                    "ssh: "
                        + what
                        + ": "
                        + name.place()
                        + " is not in "
                        + context.infra()
                        + " any more; put it back until its replicas are gone",
                    new IOException("no such host")));
    try {
      return answered(link, number -> new HostCall(number, verb, name.local(), null));
    } catch (IOException e) {
      throw new ProviderException("ssh: " + what + ": " + e.getMessage(), e);
    }
  }

  private HostAnswer answered(HostLink link, java.util.function.LongFunction<HostCall> call)
      throws IOException {
    HostAnswer answer = link.calls(context.installationId(), context::bundle).call(call);
    String failure = answer.failure();
    if (failure != null) {
      throw new IOException(link.host().place() + ": " + failure);
    }
    return answer;
  }

  @Override
  public List<Instance> list(String installationId) {
    List<Instance> all = new ArrayList<>();
    for (HostLink link : fleet.all()) {
      boolean expected = !reservations.on(link.host().place()).isEmpty();
      try {
        if (expected || hasOurs(link)) {
          all.addAll(list(link));
        }
      } catch (IOException e) {
        if (expected) {
          throw new ProviderException("ssh: list: " + e.getMessage(), e);
        }
        // A host that is away and where nothing was started has nothing to list.
      }
    }
    return all;
  }

  private boolean hasOurs(HostLink link) throws IOException {
    return !link.run(ours(context.installationId()), null, LIMIT).isBlank();
  }

  private List<Instance> list(HostLink link) throws IOException {
    List<Instance> found = new ArrayList<>();
    HostAnswer answer = answered(link, number -> new HostCall(number, Verb.LIST, null, null));
    for (Instance each : answer.instances()) {
      found.add(ours(each, SshName.on(link.host(), each.ref().id())));
    }
    for (Reservation each : reservations.on(link.host().place())) {
      boolean there =
          answer.instances().stream().anyMatch(one -> one.attemptId().equals(each.attemptId()));
      if (!there && !creating.contains(each.attemptId())) {
        forget(link, each.attemptId());
      }
    }
    return found;
  }

  /// Drops the note about an attempt of which nothing is there, unless it is so young that the host
  /// may be about to make it. A controller that ended before it had asked the host may have left
  /// files; while they cannot be removed the note stays.
  private void forget(HostLink link, String attemptId) {
    if (reservations.isWrittenAfter(attemptId, context.clock().instant().minus(UNSETTLED))) {
      return;
    }
    try {
      Uploads.remove(link, context.installationId(), attemptId);
      reservations.remove(attemptId);
    } catch (IOException later) {
      LOG.atDebug()
          .addKeyValue("host", link.host().place())
          .addKeyValue("reason", later.getMessage())
          .log("files of an attempt are still there");
    }
  }

  private static Instance ours(Instance there, SshName name) {
    return new Instance(
        name.ref(),
        there.ownership(),
        there.attemptId(),
        there.state(),
        there.createdAt(),
        there.preemptionAt(),
        there.failure(),
        there.rawState());
  }

  @Override
  public void close() {
    keeper.close();
    offers.close();
    fleet.close();
  }
}
