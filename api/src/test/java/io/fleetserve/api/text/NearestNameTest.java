package io.fleetserve.api.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NearestNameTest {
  private static final List<String> KEYS =
      List.of("readiness_probe", "replicas", "replica_policy", "ports", "tls", "min_replicas");

  @ParameterizedTest
  @CsvSource({
    "readines_probe,readiness_probe",
    "readiness-probe,readiness_probe",
    "Replicas,replicas",
    "replica,replicas",
    "port,ports",
    "prots,ports",
    "minReplicas,min_replicas",
    "tsl,tls"
  })
  void findsWhatWasMeant(String name, String nearest) {
    assertThat(NearestName.of(name, KEYS)).contains(nearest);
  }

  @Test
  void staysSilentWhenNothingIsNear() {
    assertThat(NearestName.of("banana", KEYS)).isEmpty();
    assertThat(NearestName.of("", KEYS)).isEmpty();
    assertThat(NearestName.of("x".repeat(100_000), KEYS)).isEmpty();
  }
}
