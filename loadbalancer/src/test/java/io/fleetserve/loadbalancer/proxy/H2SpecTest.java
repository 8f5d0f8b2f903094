package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// All 145 cases of h2spec 2.2.0, without an exception.
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
final class H2SpecTest {
  private static final String BODY = "an answer of several bytes";

  @Test
  void passesEveryCaseWithPriorKnowledge(@TempDir Path folder) throws Exception {
    try (Bed bed = new Bed(Bed.withHeadTime(Duration.ofSeconds(10)))) {
      // Some cases need an answer of several bytes.
      bed.replicas(1).getFirst().script((request, connection) -> connection.answer(200, BODY));

      String report = H2Spec.run(folder, bed.port, false);

      assertThat(report).contains("145 tests, 145 passed, 0 skipped, 0 failed");
    }
  }
}
