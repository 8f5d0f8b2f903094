package io.fleetserve.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ColdStartsTest {
  @Test
  void estimatesAreTheThirdQuartileOfEachPlace() {
    ColdStarts starts = ColdStarts.NONE;
    for (int seconds : new int[] {100, 900, 110, 105}) {
      starts = starts.with("aws/east", Duration.ofSeconds(seconds));
    }
    starts = starts.with("gcp/west", Duration.ofSeconds(50));

    assertThat(starts.in("gcp/west")).contains(Duration.ofSeconds(50));
    assertThat(starts.in("aws/east")).contains(Duration.ofSeconds(900));
    assertThat(starts.with("aws/east", Duration.ofSeconds(108)).in("aws/east"))
        .as("one slow start of five moves it little")
        .contains(Duration.ofSeconds(110));
    assertThat(starts.anywhere()).contains(Duration.ofSeconds(110));
    assertThat(starts.in("azure")).isEmpty();
    assertThat(ColdStarts.NONE.anywhere()).isEmpty();
  }

  @Test
  void aChangeOfTheServerShowsAfterAFewStarts() {
    ColdStarts starts = ColdStarts.NONE;
    for (int i = 0; i < 100; i++) {
      starts = starts.with("local", Duration.ofSeconds(100));
    }
    for (int i = 0; i < ColdStarts.TIMES; i++) {
      starts = starts.with("local", Duration.ofSeconds(10));
    }

    assertThat(starts.in("local")).contains(Duration.ofSeconds(10));
    assertThat(starts.places()).hasSize(1);
    assertThat(starts.places().getFirst().millis()).hasSize(ColdStarts.TIMES);
  }

  @Test
  void placesAreBoundedAndTheOldestGoFirst() {
    ColdStarts starts = ColdStarts.NONE;
    for (int i = 0; i < ColdStarts.PLACES + 5; i++) {
      starts = starts.with("zone-" + i, Duration.ofSeconds(i));
    }

    assertThat(starts.places()).hasSize(ColdStarts.PLACES);
    assertThat(starts.in("zone-4")).isEmpty();
    assertThat(starts.in("zone-5")).isPresent();
  }

  @Test
  void survivesARestartAndNonsense() {
    ColdStarts starts = ColdStarts.NONE.with("a", Duration.ofSeconds(3));

    assertThat(ColdStarts.ofJson(starts.toJson())).isEqualTo(starts);
    assertThat(ColdStarts.ofJson("")).isEqualTo(ColdStarts.NONE);
    assertThat(ColdStarts.ofJson("{nonsense")).isEqualTo(ColdStarts.NONE);
    assertThat(ColdStarts.NONE.with("a", Duration.ofSeconds(-3)).in("a"))
        .as("a clock that jumped")
        .contains(Duration.ZERO);
  }
}
