package io.fleetserve.controller.run;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.decision.PlacementRecorder;
import io.fleetserve.controller.placement.Blocks;
import io.fleetserve.controller.placement.Candidate;
import io.fleetserve.controller.placement.Market;
import io.fleetserve.controller.placement.Placed;
import io.fleetserve.controller.placement.Placement;
import io.fleetserve.controller.placement.Site;
import io.fleetserve.controller.placement.Survey;
import io.fleetserve.controller.placement.Unsupported;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.store.Store;
import io.fleetserve.controller.store.StoreException;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.ProviderError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the providers what they offer, remembers what they have said no to, and lets the placement
/// rules choose. Thread-safe.
///
/// Offers are kept for half a minute, so that a service that wakes up does not wait for a price
/// list; an empty answer for a second and twice the time it took, so that answers to several slow
/// questions are known at the same time.
public final class PlacementDesk {
  private static final Logger LOG = LoggerFactory.getLogger(PlacementDesk.class);
  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final Duration NOTHING_KEPT = Duration.ofSeconds(1);

  private record Question(Resources resources, int numNodes, String provider) {}

  private record Answer(List<Offer> offers, List<String> rejections, Instant until) {
    static Answer of(List<Offer> offers, List<String> rejections, Instant asked, Instant now) {
      Duration took = Duration.between(asked, now);
      return new Answer(
          List.copyOf(offers),
          List.copyOf(rejections),
          now.plus(offers.isEmpty() ? NOTHING_KEPT.plus(took.multipliedBy(2)) : KEPT));
    }

    boolean isOld(Instant now) {
      return until.isBefore(now);
    }
  }

  private final Providers providers;
  private final Clock clock;
  private final Store store;
  private final Map<Question, Answer> kept = new ConcurrentHashMap<>();
  private volatile Blocks blocks;

  public PlacementDesk(Providers providers, Store store, Clock clock) {
    this.providers = providers;
    this.clock = clock;
    this.store = store;
    this.blocks = store.blocks().at(clock.instant());
  }

  /// What is known for the choice where a replica of the spec goes.
  ///
  /// @param tried offers this launch has asked for in vain
  PlacementRecorder.Inputs inputs(ServiceSpec spec, Wish wish, Set<Offer> tried) {
    return new PlacementRecorder.Inputs(
        wish,
        candidates(spec, wish.spot()),
        new Placement.Known(sites(), blocks, tried, clock.instant()));
  }

  /// Whether the spec can run at all, whatever is blocked now.
  public Placed check(ServiceSpec spec) {
    Placed placed = check(spec, Wish.of(spec));
    boolean standIn = Wish.usesSpot(spec) && spec.service().spot().onDemandAlone();
    if (placed instanceof Placed.On || !standIn) {
      return placed;
    }
    return check(spec, Wish.ON_DEMAND);
  }

  private Placed check(ServiceSpec spec, Wish wish) {
    return Placement.choose(
        spec,
        wish,
        candidates(spec, wish.spot()),
        new Placement.Known(sites(), Blocks.NONE, Set.of(), clock.instant()));
  }

  /// Every offer that fits.
  Survey survey(ServiceSpec spec, Wish wish) {
    return Survey.of(
        spec,
        wish,
        candidates(spec, wish.spot()),
        new Placement.Known(sites(), blocks, Set.of(), clock.instant()));
  }

  /// What is offered for the spec in both markets.
  Market market(ServiceSpec spec) {
    return Market.of(
        spec,
        candidates(spec, true),
        candidates(spec, false),
        new Placement.Known(sites(), blocks, Set.of(), clock.instant()));
  }

  /// A provider said no to an offer.
  void refused(Offer offer, ProviderError error) {
    kept.keySet().removeIf(question -> question.provider().equals(offer.provider()));
    synchronized (this) {
      Blocks next = blocks.with(offer, error, clock.instant());
      if (next.equals(blocks)) {
        return;
      }
      blocks = next;
    }
    try {
      store.saveBlocks(blocks.lasting());
    } catch (StoreException e) {
      LOG.atWarn().addKeyValue(LogKeys.REASON, e.getMessage()).log("blocks are not stored");
    }
  }

  /// True when replicas of the spec share one machine's ports.
  boolean sharedHost(ServiceSpec spec) {
    return Unsupported.sharesHost(spec, sites());
  }

  private List<Site> sites() {
    return providers.all().stream()
        .map(provider -> new Site(provider.name(), provider.capabilities()))
        .toList();
  }

  /// Whether nobody has to be asked for what is offered for the spec. A method that needs offers
  /// asks the providers for what is not known, and waits.
  boolean knows(ServiceSpec spec, boolean spot) {
    Instant now = clock.instant();
    return spec.resources().stream()
        .allMatch(resources ->
            providers.all().stream()
                .filter(provider -> Placement.mayFit(resources, provider.name()))
                .map(provider ->
                    kept.get(
                        new Question(
                            resources.withUseSpot(spot), spec.numNodes(), provider.name())))
                .allMatch(answer -> answer != null && !answer.isOld(now)));
  }

  /// Asks the providers for what is not known, all at once. Blocks until all have answered.
  void learn(ServiceSpec spec, boolean spot) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Resources resources : spec.resources()) {
        for (InstanceProvider provider : providers.all()) {
          if (Placement.mayFit(resources, provider.name())) {
            Question question =
                new Question(resources.withUseSpot(spot), spec.numNodes(), provider.name());
            threads.execute(() -> ask(provider, question));
          }
        }
      }
    }
  }

  private List<Candidate> candidates(ServiceSpec spec, boolean spot) {
    List<Candidate> all = new ArrayList<>();
    for (Resources resources : spec.resources()) {
      Resources wanted = resources.withUseSpot(spot);
      List<Offer> offers = new ArrayList<>();
      List<String> rejections = new ArrayList<>();
      for (InstanceProvider provider : providers.all()) {
        if (Placement.mayFit(resources, provider.name())) {
          Answer answer = ask(provider, new Question(wanted, spec.numNodes(), provider.name()));
          offers.addAll(answer.offers());
          rejections.addAll(answer.rejections());
        }
      }
      all.add(new Candidate(resources, offers, rejections));
    }
    return all;
  }

  private Answer ask(InstanceProvider provider, Question question) {
    Instant now = clock.instant();
    kept.values().removeIf(old -> old.isOld(now));
    Answer known = kept.get(question);
    if (known != null) {
      return known;
    }
    Answer fresh = fresh(provider, question);
    kept.put(question, fresh);
    return fresh;
  }

  private Answer fresh(InstanceProvider provider, Question question) {
    Instant asked = clock.instant();
    List<String> rejections = new ArrayList<>();
    try {
      List<Offer> offers =
          provider.offers(
              new OfferQuery(question.resources(), question.numNodes(), rejections::add));
      return Answer.of(offers, rejections, asked, clock.instant());
    } catch (RuntimeException e) {
      return Answer.of(
          List.of(), List.of(provider.name() + ": " + e.getMessage()), asked, clock.instant());
    }
  }
}
