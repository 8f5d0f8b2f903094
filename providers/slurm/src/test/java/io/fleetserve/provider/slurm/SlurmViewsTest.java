package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.provider.slurm.SlurmTransport.SlurmRefusal;
import io.fleetserve.provider.slurm.SlurmViews.Told;
import io.fleetserve.testing.time.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is known of clusters of which one does not answer.
final class SlurmViewsTest {
  private static final ClusterView EMPTY = new ClusterView(List.of());

  private final VirtualClock clock = new VirtualClock();
  private final CountDownLatch answered = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final Cluster slow =
      cluster(
          "slow",
          () -> {
            asked.incrementAndGet();
            answered.await();
            return EMPTY;
          });

  @AfterEach
  void answer() {
    answered.countDown();
  }

  @Test
  void lateClusterIsNotWaitedForAndItsAnswerServesTheNextQuestion() {
    try (SlurmViews views = new SlurmViews(clock, Duration.ZERO)) {
      assertThat(views.ask(List.of(slow))).containsEntry(slow, new Told.Late(Duration.ZERO));
      assertThat(views.ask(List.of(slow))).containsEntry(slow, new Told.Late(Duration.ZERO));

      answered.countDown();

      await().until(() -> views.ask(List.of(slow)).equals(Map.of(slow, new Told.View(EMPTY))));
      assertThat(asked).hasValue(1);
    }
  }

  @Test
  void answerThatCameFarTooLateIsAskedForAnew() {
    try (SlurmViews views = new SlurmViews(clock, Duration.ZERO)) {
      views.ask(List.of(slow));
      await().untilAsserted(() -> assertThat(asked).hasValue(1));
      clock.advance(Duration.ofMinutes(1));

      views.ask(List.of(slow));

      await().untilAsserted(() -> assertThat(asked).hasValue(2));
    }
  }

  @Test
  void refusalAndSilenceAreToldApart() {
    Cluster away =
        cluster(
            "away",
            () -> {
              throw new IOException("no route");
            });
    Cluster busy =
        cluster(
            "busy",
            () -> {
              throw new SlurmRefusal("Unable to contact slurm controller (connect failure)");
            });
    Cluster strict =
        cluster(
            "strict",
            () -> {
              throw new SlurmRefusal("authentication failed (401)");
            });

    try (SlurmViews views = new SlurmViews(clock, Duration.ofMinutes(1))) {
      Map<Cluster, Told> told = views.ask(List.of(away, busy, strict));

      assertThat(told)
          .containsEntry(away, new Told.No("no route", true))
          .containsEntry(
              busy, new Told.No("Unable to contact slurm controller (connect failure)", true))
          .containsEntry(strict, new Told.No("authentication failed (401)", false));
    }
  }

  private static Cluster cluster(String name, Callable<ClusterView> view) {
    SlurmSettings settings =
        SlurmSettings.read(Map.of("clusters", Map.of(name, Map.of("local", true))))
            .values()
            .iterator()
            .next();
    return new Cluster(name, settings, new Asked(view));
  }

  /// A cluster that can only be looked at.
  private record Asked(Callable<ClusterView> answer) implements SlurmTransport {
    @Override
    public ClusterView view() throws IOException, SlurmRefusal {
      try {
        return answer.call();
      } catch (IOException | SlurmRefusal said) {
        throw said;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }

    @Override
    public long submit(JobRequest request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<SlurmJob> jobs() {
      return List.of();
    }

    @Override
    public Optional<SlurmJob> job(long id) {
      return Optional.empty();
    }

    @Override
    public void cancel(long id) {}
  }
}
