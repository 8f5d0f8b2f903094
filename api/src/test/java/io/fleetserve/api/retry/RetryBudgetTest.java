package io.fleetserve.api.retry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RetryBudgetTest {
  private final RetryBudget budget = new RetryBudget(0.2);

  @Test
  void threeRetriesAreAllowedHoweverLittleTrafficThereIs() {
    assertThat(budget.allows(0, 0)).isTrue();
    assertThat(budget.allows(1, 2)).isTrue();
    assertThat(budget.allows(1, 3)).isFalse();
  }

  @Test
  void beyondThatAShareOfTheRequestsInFlight() {
    assertThat(budget.limit(100)).isEqualTo(20);
    assertThat(budget.allows(100, 19)).isTrue();
    assertThat(budget.allows(100, 20)).isFalse();
  }
}
