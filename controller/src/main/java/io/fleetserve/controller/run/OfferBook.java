package io.fleetserve.controller.run;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.controller.placement.Block;
import io.fleetserve.controller.placement.Silence;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// What providers offer, as they told last. Each question is asked on a thread of its own, once at
/// a time, and waited for [#PATIENCE]. Thread-safe.
///
/// Offers are kept for half a minute, so that a service that wakes up does not wait for a price
/// list; an empty answer for a second and twice the time it took, so that answers to several slow
/// questions are known at the same time. For a provider that is silent ([Silence]) what it offered
/// last stands in while that is younger than [#OLDEST]; an answer that comes late ends the silence.
final class OfferBook {
  static final Duration PATIENCE = Duration.ofSeconds(8);
  static final Duration OLDEST = Duration.ofMinutes(10);
  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final Duration NOTHING_KEPT = Duration.ofSeconds(1);

  /// What a provider is asked.
  record Question(Resources resources, int numNodes, String provider) {}

  /// What it said.
  ///
  /// @param later why some places have no offers now
  /// @param late places that have not answered, which may have offers too
  /// @param at when it was told
  /// @param until is to be asked for again after that
  record Answer(
      List<Offer> offers,
      List<String> rejections,
      List<String> later,
      List<String> late,
      Instant at,
      Instant until) {
    Answer {
      offers = List.copyOf(offers);
      rejections = List.copyOf(rejections);
      later = List.copyOf(later);
      late = List.copyOf(late);
    }

    private boolean isFresh(Instant now) {
      return !until.isBefore(now);
    }

    private Answer expired() {
      return new Answer(offers, rejections, later, late, at, Instant.MIN);
    }
  }

  /// A question on its way.
  record Call(Question question, Runnable work) implements Runnable {
    @Override
    public void run() {
      work.run();
    }
  }

  private record Asked(Instant at, CompletableFuture<Answer> answer) {}

  private final Clock clock;
  private final Executor threads;
  private final Patience patience;
  private final Map<Question, Answer> told = new ConcurrentHashMap<>();
  private final Map<Question, Asked> asking = new ConcurrentHashMap<>();
  private final Map<String, Silence> silences = new ConcurrentHashMap<>();

  /// @param threads runs each question, which may block
  OfferBook(Clock clock, Executor threads, Patience patience) {
    this.clock = clock;
    this.threads = threads;
    this.patience = patience;
  }

  /// Whether [#ask] has an answer at once.
  boolean knows(Question question) {
    Instant now = clock.instant();
    Silence silence = silences.get(question.provider());
    Answer last = told.get(question);
    return (last != null && last.isFresh(now)) || (silence != null && silence.holds(now));
  }

  /// Whether more may be offered soon than is known: something has not answered yet.
  boolean awaits(Question question) {
    Answer last = told.get(question);
    return silences.containsKey(question.provider()) || (last != null && !last.late().isEmpty());
  }

  /// What the provider offers. Asks it when that is not known, and waits [#PATIENCE] at most; not
  /// at all for one that is silent.
  Answer ask(InstanceProvider provider, Question question) {
    Instant now = clock.instant();
    told.values().removeIf(old -> old.at().isBefore(now.minus(OLDEST)));
    Answer last = told.get(question);
    if (last != null && last.isFresh(now)) {
      return last;
    }
    Silence silence = silences.get(question.provider());
    if (silence != null) {
      if (!silence.holds(now)
          && silences.replace(question.provider(), silence, silence.again(now))) {
        // The call that has not come back is left to its own deadline; its answer still counts.
        asking.remove(question);
        asked(provider, question, now);
      }
      return standIn(question, silence, last);
    }
    Asked asked = asked(provider, question, now);
    Duration limit = PATIENCE.minus(Duration.between(asked.at(), now));
    if (patience.await(asked.answer(), limit)) {
      return asked.answer().join();
    }
    Silence fresh = Silence.from(asked.at(), clock.instant());
    if (!Thread.currentThread().isInterrupted()) {
      silences.putIfAbsent(question.provider(), fresh);
    }
    return standIn(question, fresh, last);
  }

  private Asked asked(InstanceProvider provider, Question question, Instant now) {
    Asked mine = new Asked(now, new CompletableFuture<>());
    Asked before = asking.putIfAbsent(question, mine);
    if (before != null) {
      return before;
    }
    threads.execute(
        new Call(
            question,
            () -> {
              Answer answer = fresh(provider, question, now);
              told.put(question, answer);
              silences.remove(question.provider());
              asking.remove(question, mine);
              mine.answer().complete(answer);
            }));
    return mine;
  }

  private Answer fresh(InstanceProvider provider, Question question, Instant asked) {
    List<String> rejections = new ArrayList<>();
    List<String> later = new ArrayList<>();
    List<String> late = new ArrayList<>();
    List<Offer> offers = List.of();
    try {
      offers =
          provider.offers(
              new OfferQuery(
                  question.resources(),
                  question.numNodes(),
                  rejections::add,
                  later::add,
                  late::add));
    } catch (RuntimeException e) {
      later.add(provider.name() + ": " + e.getMessage());
    }
    Instant now = clock.instant();
    Duration kept =
        offers.isEmpty() ? NOTHING_KEPT.plus(Duration.between(asked, now).multipliedBy(2)) : KEPT;
    return new Answer(offers, rejections, later, late, now, now.plus(kept));
  }

  private static Answer standIn(Question question, Silence silence, @Nullable Answer last) {
    String who = question.provider() + ": has not answered since " + silence.since();
    return last == null || last.offers().isEmpty()
        ? new Answer(
            List.of(), List.of(), List.of(), List.of(who), silence.since(), silence.until())
        : new Answer(
            last.offers(),
            last.rejections(),
            last.later(),
            List.of(who + "; what it offered at " + last.at() + " stands"),
            last.at(),
            silence.until());
  }

  /// What a provider said is to be asked for again.
  void expire(String provider) {
    told.replaceAll(
        (question, answer) -> question.provider().equals(provider) ? answer.expired() : answer);
  }

  /// The same for all answers that some places are missing in.
  void expireLate() {
    told.replaceAll((question, answer) -> answer.late().isEmpty() ? answer : answer.expired());
  }

  /// Why a provider is not waited for; empty while it answers.
  Optional<Silence> silence(String provider) {
    return Optional.ofNullable(silences.get(provider));
  }

  /// One for each provider that is silent.
  List<Block> blocks() {
    return silences.entrySet().stream().map(each -> each.getValue().block(each.getKey())).toList();
  }
}
