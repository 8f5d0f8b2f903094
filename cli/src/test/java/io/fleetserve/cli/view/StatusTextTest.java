package io.fleetserve.cli.view;

import static io.fleetserve.cli.view.Views.replica;
import static io.fleetserve.cli.view.Views.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StatusTextTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_000 + 3_725);
  private static final ServiceView READY =
      service(
          ServiceStatus.READY,
          1,
          2,
          2,
          replica(2, 1, ReplicaStatus.READY),
          replica(1, 1, ReplicaStatus.STARTING),
          replica(3, 2, ReplicaStatus.FAILED));

  @Test
  void tablesHaveSkyServesColumns() {
    assertThat(text(List.of(READY), false))
        .isEqualTo(
            """
            Services
            NAME  VERSION  UPTIME  STATUS  REPLICAS  ENDPOINT
            llm   1 -> 2   1h 2m   READY   1/2       http://127.0.0.1:30001

            Replicas
            SERVICE_NAME  ID  VERSION  ENDPOINT         LAUNCHED    INFRA  RESOURCES  STATUS
            llm           1   1        -                1h 2m ago   local  1 CPU      STARTING
            llm           2   1        127.0.0.1:40002  1h 2m ago   local  1 CPU      READY
            llm           3   2        -                1h 2m ago   local  1 CPU      FAILED
              llm replica 3: exited with 7
            """
                .replace("LAUNCHED    ", "LAUNCHED   ")
                .replace("ago   ", "ago  "));
  }

  @Test
  void verboseAddsPolicies() {
    assertThat(text(List.of(READY), true))
        .contains("AUTOSCALING_POLICY  LOAD_BALANCING_POLICY  REQUESTED_RESOURCES")
        .contains("fixed 2             least_load             1 CPU")
        .containsPattern("STATUS +NETWORK")
        .containsPattern("READY +direct")
        .containsPattern("STARTING +-");
  }

  @Test
  void failedServiceTellsWhy() {
    assertThat(text(List.of(service(ServiceStatus.FAILED, 1, 1, 1)), false))
        .contains("llm: version 1 failed");
  }

  @Test
  void tenReplicasAreShownUnlessAllAreAskedFor() {
    ReplicaView[] many =
        IntStream.rangeClosed(1, 12)
            .mapToObj(id -> replica(id, 1, ReplicaStatus.READY))
            .toArray(ReplicaView[]::new);
    ServiceView service = service(ServiceStatus.READY, 1, 1, 12, many);

    assertThat(text(List.of(service), false)).endsWith("... 2 more, -v shows all\n");
    assertThat(text(List.of(service), true)).contains("127.0.0.1:400012");
  }

  @Test
  void nothingIsSaidInAWord() {
    assertThat(text(List.of(), false)).isEqualTo("No services.\n");
  }

  @Test
  void colourDoesNotMoveColumns() {
    String plain = text(List.of(READY), true);
    String painted = String.join("\n", StatusText.of(List.of(READY), true, NOW, Paint.ANSI)) + "\n";

    assertThat(painted).contains("\033[32mREADY\033[0m");
    assertThat(painted.replaceAll("\033\\[\\d+m", "")).isEqualTo(plain);
  }

  private static String text(List<ServiceView> services, boolean verbose) {
    return String.join("\n", StatusText.of(services, verbose, NOW, Paint.NONE)) + "\n";
  }
}
