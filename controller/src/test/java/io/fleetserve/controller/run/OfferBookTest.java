package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.placement.Silence;
import io.fleetserve.controller.run.OfferBook.Answer;
import io.fleetserve.controller.run.OfferBook.Question;
import io.fleetserve.controller.run.SilentProviders.Shop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// How long answers are waited for, and what stands in for them: in virtual time.
final class OfferBookTest {
  private final SilentProviders providers = new SilentProviders();
  private final OfferBook book = new OfferBook(providers.clock, providers, providers);
  private final Shop shop = new Shop("shop", 1);
  private final Question question = new Question(Specs.resources(), 1, "shop");

  @Test
  void answerIsKeptForHalfAMinute() {
    ask();
    providers.clock.advance(Duration.ofSeconds(30));
    ask();
    assertThat(shop.asked).hasValue(1);

    providers.clock.advance(Duration.ofMillis(1));
    ask();

    assertThat(shop.asked).hasValue(2);
  }

  @Test
  void onlyTheFirstWaitsForAProviderThatNeverAnswersAndOnlySoLong() {
    providers.silent.add("shop");
    Instant before = providers.clock.instant();

    Answer first = ask();
    Answer second = book.ask(shop, new Question(Specs.resources(), 2, "shop"));

    assertThat(first.offers()).isEmpty();
    assertThat(first.late()).singleElement().asString().contains("shop", before.toString());
    assertThat(second.late()).isEqualTo(first.late());
    assertThat(providers.waited).hasValue((int) OfferBook.PATIENCE.toMillis());
    assertThat(book.blocks()).singleElement().asString().contains("shop", "not asked again before");
    assertThat(book.knows(question)).isTrue();
  }

  @Test
  void lastOffersStandInUntilTheyAreTooOld() {
    ask();
    providers.silent.add("shop");
    providers.clock.advance(Duration.ofSeconds(31));

    Answer standIn = ask();
    providers.clock.advance(OfferBook.OLDEST);
    Answer later = ask();

    assertThat(standIn.offers()).containsExactly(shop.offer());
    assertThat(standIn.late()).singleElement().asString().contains("stands");
    assertThat(later.offers()).isEmpty();
  }

  @Test
  void silentProviderIsAskedAgainAfterPausesThatGrowAndNobodyWaits() {
    providers.silent.add("shop");
    ask();
    int waited = providers.waited.get();
    Duration longest = Duration.ZERO;

    for (int i = 0; i < 12; i++) {
      Silence silence = book.silence("shop").orElseThrow();
      Duration pause = Duration.between(providers.clock.instant(), silence.until());
      assertThat(pause).isGreaterThanOrEqualTo(longest).isLessThanOrEqualTo(Duration.ofMinutes(5));
      longest = pause;
      ask();
      assertThat(providers.unanswered()).isEqualTo(i + 1);
      providers.clock.advance(pause);
      assertThat(book.knows(question)).isFalse();
      ask();
    }

    assertThat(longest).isEqualTo(Duration.ofMinutes(5));
    assertThat(providers.waited).hasValue(waited);
  }

  @Test
  void lateAnswerEndsTheSilence() {
    providers.silent.add("shop");
    ask();

    providers.silent.clear();
    providers.answerAll();

    assertThat(book.silence("shop")).isEmpty();
    assertThat(book.blocks()).isEmpty();
    assertThat(ask().offers()).containsExactly(shop.offer());
    assertThat(shop.asked).hasValue(1);
  }

  @Test
  void whoComesWhileAQuestionIsOutWaitsOnlyForTheRest() {
    providers.silent.add("shop");
    List<Duration> limits = new ArrayList<>();
    AtomicReference<OfferBook> shared = new AtomicReference<>();
    shared.set(
        new OfferBook(
            providers.clock,
            providers,
            (answer, limit) -> {
              limits.add(limit);
              if (limits.size() == 1) {
                providers.clock.advance(Duration.ofSeconds(3));
                shared.get().ask(shop, question);
              }
              return answer.isDone();
            }));

    shared.get().ask(shop, question);

    assertThat(limits)
        .containsExactly(OfferBook.PATIENCE, OfferBook.PATIENCE.minus(Duration.ofSeconds(3)));
    assertThat(providers.unanswered()).isEqualTo(1);
  }

  private Answer ask() {
    return book.ask(shop, question);
  }
}
