package io.fleetserve.loadbalancer.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryLedgerTest {
  private static final double SHARE = 0.2;

  /// A storm: a part of all attempts fails, and every failed one wants to be repeated at once.
  ///
  /// @param perSecond requests
  /// @param failing of 100 attempts
  /// @param inFlight attempts that are under way at any time
  @ParameterizedTest
  @CsvSource({"2000,50,400,1", "2000,50,400,2", "2000,100,4000,3", "500,50,10,4", "5000,90,20,5"})
  void retriesNeverMultiplyTheLoad(int perSecond, int failing, int inFlight, long seed) {
    RetryLedger ledger = new RetryLedger();
    Random random = new Random(seed);
    Deque<Boolean> underWay = new ArrayDeque<>();
    long arrivals = 0;
    long attempts = 0;
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < perSecond; i++) {
        arrivals++;
        attempts++;
        underWay.add(false);
        while (underWay.size() > inFlight) {
          boolean wasRetry = underWay.remove();
          if (wasRetry) {
            ledger.giveBack();
          }
          boolean again =
              random.nextInt(100) < failing && ledger.take(SHARE, underWay.size(), arrivals);
          if (again) {
            attempts++;
            underWay.add(true);
          }
        }
      }
      ledger.onSecond(arrivals);
    }

    long reserve = 10 * 60 + 100;
    assertThat(attempts).isLessThanOrEqualTo((long) (1.2 * arrivals) + reserve);
    assertThat(attempts).isGreaterThan(arrivals);
  }

  @Test
  void serviceWithLittleTrafficMayRetry() {
    RetryLedger ledger = new RetryLedger();
    for (int i = 1; i <= 20; i++) {
      assertThat(ledger.take(SHARE, 1, i)).isTrue();
      ledger.giveBack();
    }
    assertThat(ledger.running()).isZero();
  }

  @Test
  void noMoreAtOnceThanTheShareOfThoseInFlight() {
    RetryLedger ledger = new RetryLedger();
    int taken = 0;
    while (ledger.take(SHARE, 40, 1000)) {
      taken++;
    }
    assertThat(taken).isEqualTo(8);
  }

  @Test
  void usedUpBudgetComesBackWithTime() {
    RetryLedger ledger = new RetryLedger();
    while (ledger.take(SHARE, 10, 0)) {
      ledger.giveBack();
    }
    for (int second = 0; second < 11; second++) {
      ledger.onSecond(0);
    }
    assertThat(ledger.take(SHARE, 10, 0)).isTrue();
  }
}
