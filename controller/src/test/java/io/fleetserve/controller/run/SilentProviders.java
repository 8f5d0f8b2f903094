package io.fleetserve.controller.run;

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
import io.fleetserve.provider.ProviderFactory;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Questions to providers in virtual time: those to a provider that is silent are not answered
/// before [#answerAll], the others at once; whoever waits in vain moves the clock. Thread-safe.
final class SilentProviders implements Executor, Patience {
  final VirtualClock clock = new VirtualClock();
  final Set<String> silent = ConcurrentHashMap.newKeySet();

  /// Time that was waited in vain, in milliseconds.
  final AtomicInteger waited = new AtomicInteger();

  private final ConcurrentLinkedDeque<Runnable> unanswered = new ConcurrentLinkedDeque<>();

  @Override
  public void execute(Runnable task) {
    if (silent.contains(((OfferBook.Call) task).question().provider())) {
      unanswered.add(task);
    } else {
      task.run();
    }
  }

  @Override
  public boolean await(Future<?> answer, Duration limit) {
    if (!answer.isDone()) {
      Duration time = limit.isNegative() ? Duration.ZERO : limit;
      waited.addAndGet((int) time.toMillis());
      clock.advance(time);
    }
    return answer.isDone();
  }

  int unanswered() {
    return unanswered.size();
  }

  void answerAll() {
    for (Runnable task = unanswered.poll(); task != null; task = unanswered.poll()) {
      task.run();
    }
  }

  /// A provider that has one offer, and can do nothing else.
  static final class Shop implements InstanceProvider, ProviderFactory {
    private final String name;
    private final double price;
    final AtomicInteger asked = new AtomicInteger();

    /// Told instead of the offer, while there is any.
    final ConcurrentLinkedDeque<String> late = new ConcurrentLinkedDeque<>();

    final ConcurrentLinkedDeque<String> full = new ConcurrentLinkedDeque<>();

    Shop(String name, double price) {
      this.name = name;
      this.price = price;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public InstanceProvider open(ProviderContext context) {
      return this;
    }

    @Override
    public Capabilities capabilities() {
      return new Capabilities(false, false, false, Duration.ZERO, Duration.ZERO);
    }

    Offer offer() {
      return new Offer(name, null, null, "machine", "1 machine", price, false);
    }

    @Override
    public List<Offer> offers(OfferQuery query) {
      asked.incrementAndGet();
      String not = late.poll();
      String no = full.peek();
      if (not != null) {
        query.late().accept(not);
      }
      if (no != null) {
        query.later().accept(no);
      }
      return not == null && no == null ? List.of(offer()) : List.of();
    }

    @Override
    public List<Place> places() {
      return List.of();
    }

    @Override
    public CreateOutcome create(CreateSpec spec) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Instance> get(InstanceRef ref) {
      return Optional.empty();
    }

    @Override
    public List<Instance> list(String installationId) {
      return List.of();
    }

    @Override
    public void terminate(InstanceRef ref) {}

    @Override
    public void close() {}
  }
}
