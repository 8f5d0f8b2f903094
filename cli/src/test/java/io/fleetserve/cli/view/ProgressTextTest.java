package io.fleetserve.cli.view;

import static io.fleetserve.cli.view.Views.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProgressTextTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_001);

  @Test
  void frameHasALinePerReplicaInOrder() {
    assertThat(
            ProgressText.frame(
                List.of(
                    replica(2, 1, ReplicaStatus.FAILED),
                    replica(1, 1, ReplicaStatus.READY),
                    replica(11, 1, ReplicaStatus.STARTING)),
                NOW,
                80,
                Paint.NONE))
        .containsExactly(
            "  replica 1   READY      0.4 s   127.0.0.1:40001",
            "  replica 2   FAILED     1.0 s   exited with 7",
            "  replica 11  STARTING   1.0 s");
  }

  @Test
  void narrowTerminalCutsLines() {
    assertThat(ProgressText.replica(replica(1, 1, ReplicaStatus.READY), NOW, 40, Paint.NONE))
        .isEqualTo("  replica 1   READY      0.4 s   127.0.~")
        .hasSize(40);
  }

  @Test
  void frameReplacesTheOneBefore() {
    Repainter repainter = new Repainter();

    assertThat(repainter.paint(List.of("a", "b"))).isEqualTo("a\nb\n");
    assertThat(repainter.paint(List.of("a", "b"))).isEmpty();
    assertThat(repainter.paint(List.of("c"))).isEqualTo("\033[2A\r\033[Jc\n");
    assertThat(repainter.paint(List.of("d"))).isEqualTo("\033[1A\r\033[Jd\n");
  }

  @Test
  void timesHaveTwoUnitsAtMost() {
    assertThat(
            List.of(
                Times.coarse(Duration.ofSeconds(-5)),
                Times.coarse(Duration.ofSeconds(59)),
                Times.coarse(Duration.ofSeconds(3_599)),
                Times.coarse(Duration.ofSeconds(86_399)),
                Times.coarse(Duration.ofDays(7).plusHours(8)),
                Times.fine(Duration.ofMillis(1_949)),
                Times.fine(Duration.ofSeconds(60)),
                Times.ago(Duration.ZERO)))
        .containsExactly("0s", "59s", "59m 59s", "23h 59m", "7d 8h", "1.9 s", "1m 0s", "just now");
  }
}
