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
import io.fleetserve.controller.placement.Silence;
import io.fleetserve.controller.placement.Site;
import io.fleetserve.controller.placement.Survey;
import io.fleetserve.controller.placement.Unsupported;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.run.OfferBook.Answer;
import io.fleetserve.controller.run.OfferBook.Question;
import io.fleetserve.controller.store.Store;
import io.fleetserve.controller.store.StoreException;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the providers what they offer, remembers what they have said no to, and lets the placement
/// rules choose. Thread-safe.
public final class PlacementDesk {
  private static final Logger LOG = LoggerFactory.getLogger(PlacementDesk.class);

  /// A file is not refused before places that may fit have had that long to answer.
  static final Duration FIRST_ANSWER = Duration.ofSeconds(20);

  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  private final Providers providers;
  private final Clock clock;
  private final Store store;
  private final Patience patience;
  private final OfferBook book;
  private volatile Blocks blocks;

  /// @param threads runs questions to providers, which may block
  PlacementDesk(Providers providers, Store store, Clock clock, Executor threads) {
    this(providers, store, clock, threads, Patience.REAL);
  }

  PlacementDesk(
      Providers providers, Store store, Clock clock, Executor threads, Patience patience) {
    this.providers = providers;
    this.clock = clock;
    this.store = store;
    this.patience = patience;
    this.book = new OfferBook(clock, threads, patience);
    this.blocks = store.blocks().at(clock.instant());
  }

  /// What is known for the choice where a replica of the spec goes.
  ///
  /// @param tried offers this launch has asked for in vain
  PlacementRecorder.Inputs inputs(ServiceSpec spec, Wish wish, Set<Offer> tried) {
    return new PlacementRecorder.Inputs(
        wish,
        candidates(spec, wish.spot()),
        new Placement.Known(sites(), blocks(), tried, clock.instant()));
  }

  /// Whether the spec can run at all, whatever is blocked now. When nothing fits, places that have
  /// not answered are waited for, [#FIRST_ANSWER] at most.
  public Placed check(ServiceSpec spec) {
    Instant end = clock.instant().plus(FIRST_ANSWER);
    while (true) {
      Placed placed = anyMarket(spec);
      boolean over = !clock.instant().isBefore(end) || Thread.currentThread().isInterrupted();
      if (over || !(placed instanceof Placed.Exhausted) || !awaits(spec)) {
        return placed;
      }
      patience.pause(ASK_AGAIN);
      book.expireLate();
    }
  }

  private boolean awaits(ServiceSpec spec) {
    return Stream.of(true, false).flatMap(spot -> questions(spec, spot)).anyMatch(book::awaits);
  }

  private Placed anyMarket(ServiceSpec spec) {
    Placed placed = check(spec, Wish.of(spec));
    boolean standIn = Wish.usesSpot(spec) && spec.service().spot().onDemandAlone();
    if (placed instanceof Placed.On || !standIn) {
      return placed;
    }
    return check(spec, Wish.ON_DEMAND);
  }

  private Placed check(ServiceSpec spec, Wish wish) {
    learn(spec, wish.spot());
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
        new Placement.Known(sites(), blocks(), Set.of(), clock.instant()));
  }

  /// What is offered for the spec in both markets.
  Market market(ServiceSpec spec) {
    return Market.of(
        spec,
        candidates(spec, true),
        candidates(spec, false),
        new Placement.Known(sites(), blocks(), Set.of(), clock.instant()));
  }

  /// A provider said no to an offer.
  void refused(Offer offer, ProviderError error) {
    book.expire(offer.provider());
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

  private Blocks blocks() {
    return blocks.and(book.blocks());
  }

  /// Why a provider is not waited for; empty while it answers.
  Optional<Silence> silence(String provider) {
    return book.silence(provider);
  }

  /// Whether nobody has to be asked for what is offered for the spec. A method that needs offers
  /// asks the providers for what is not known, and waits.
  boolean knows(ServiceSpec spec, boolean spot) {
    return questions(spec, spot).allMatch(book::knows);
  }

  /// Asks the providers for what is not known, all at once. Blocks until all have answered, or are
  /// not waited for any longer.
  void learn(ServiceSpec spec, boolean spot) {
    try (ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
      questions(spec, spot)
          .filter(question -> !book.knows(question))
          .forEach(question -> together.execute(() -> ask(question)));
    }
  }

  private Stream<Question> questions(ServiceSpec spec, boolean spot) {
    return spec.resources().stream().flatMap(resources -> questions(spec, resources, spot));
  }

  private Stream<Question> questions(ServiceSpec spec, Resources resources, boolean spot) {
    return providers.all().stream()
        .map(InstanceProvider::name)
        .filter(provider -> Placement.mayFit(resources, provider))
        .map(provider -> new Question(resources.withUseSpot(spot), spec.numNodes(), provider));
  }

  private List<Candidate> candidates(ServiceSpec spec, boolean spot) {
    List<Candidate> all = new ArrayList<>();
    for (Resources resources : spec.resources()) {
      List<Answer> answers = questions(spec, resources, spot).map(this::ask).toList();
      all.add(
          new Candidate(
              resources,
              answers.stream().flatMap(answer -> answer.offers().stream()).toList(),
              answers.stream().flatMap(answer -> answer.rejections().stream()).toList(),
              answers.stream()
                  .flatMap(answer -> Stream.concat(answer.later().stream(), answer.late().stream()))
                  .toList()));
    }
    return all;
  }

  private Answer ask(Question question) {
    return book.ask(providers.find(question.provider()).orElseThrow(), question);
  }
}
