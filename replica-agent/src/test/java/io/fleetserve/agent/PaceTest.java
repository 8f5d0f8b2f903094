package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PaceTest {
  @ParameterizedTest
  @CsvSource({"0,20", "1600,20", "4000,50", "40000,500", "80000,1000", "9000000,1000"})
  void refusedProbesSlowDownWithTheAgeOfTheProcess(long sinceSpawn, long pause) {
    assertThat(Pace.refused(sinceSpawn)).isEqualTo(pause);
  }

  @ParameterizedTest
  @CsvSource({"0,50", "400,50", "800,100", "8000,1000", "9000000,1000"})
  void answeringServerIsNotHammered(long sinceFirstAnswer, long pause) {
    assertThat(Pace.answered(sinceFirstAnswer)).isEqualTo(pause);
  }

  @ParameterizedTest
  @CsvSource({"1,500", "2,1000", "3,2000", "6,16000", "7,30000", "1000,30000"})
  void restartsBackOff(int inRow, long pause) {
    assertThat(Pace.restart(inRow)).isEqualTo(pause);
  }
}
