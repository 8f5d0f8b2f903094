package io.fleetserve.provider.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.SleepingServer;
import io.fleetserve.testing.time.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The simulated cloud with real processes: what it takes, what it starts later, what a restart
/// finds.
final class SimProviderTest {
  private static final String INSTALLATION = "sim-test-" + ProcessHandle.current().pid();
  private static final Map<String, Object> ROOMY =
      Map.of("zones", Map.of("east/east-a", Map.of("capacity", 4)), "launch_seconds", 0);

  /// Room for one, and for none after 100 s.
  private static final Map<String, Object> SHRINKING =
      Map.of(
          "launch_seconds",
          0,
          "notice_seconds",
          50,
          "zones",
          Map.of("east/east-a", Map.of("capacity", List.of(1, 0), "gap_seconds", 100)));

  @TempDir Path home;

  @AfterEach
  void endEverything() {
    try (InstanceProvider provider = open(ROOMY)) {
      provider.list(INSTALLATION).forEach(instance -> provider.terminate(instance.ref()));
    }
    assertThat(agents()).isEmpty();
  }

  @Test
  void spotInstanceIsGivenNoticeAndItsProcessIsTakenAway() {
    VirtualClock clock = new VirtualClock();
    try (InstanceProvider provider = open(SHRINKING, clock)) {
      InstanceRef ref = create(provider, "a1", true);
      assertThat(agents()).hasSize(1);

      clock.advance(Duration.ofSeconds(100));
      assertThat(provider.get(ref).orElseThrow().preemptionAt())
          .isEqualTo(VirtualClock.EPOCH.plusSeconds(150));
      assertThat(agents()).hasSize(1);

      clock.advance(Duration.ofSeconds(50));
      assertThat(state(provider, ref)).contains(Instance.State.PREEMPTED);
      assertThat(provider.get(ref).orElseThrow().failure())
          .extracting(ProviderError::message)
          .isEqualTo("sim: east-a took its spot capacity back");
      assertThat(agents()).isEmpty();
    }
  }

  @Test
  void onDemandInstanceOutlivesTheZonesSpotCapacity() {
    VirtualClock clock = new VirtualClock();
    try (InstanceProvider provider = open(SHRINKING, clock)) {
      InstanceRef spot = create(provider, "a1", true);
      InstanceRef onDemand = create(provider, "a2", false);

      clock.advance(Duration.ofSeconds(100));
      provider.list(INSTALLATION);
      clock.advance(Duration.ofSeconds(50));

      assertThat(state(provider, spot)).contains(Instance.State.PREEMPTED);
      assertThat(state(provider, onDemand)).contains(Instance.State.RUNNING);
    }
  }

  @Test
  void launchThatWasUnderWayIsFinishedAfterARestart() {
    InstanceRef ref;
    try (InstanceProvider provider = open(slow(1000))) {
      ref = create(provider, "a1", false);
      assertThat(state(provider, ref)).contains(Instance.State.PENDING);
    }
    assertThat(agents()).isEmpty();

    try (InstanceProvider provider = open(slow(100_000))) {
      await().until(() -> state(provider, ref).equals(Optional.of(Instance.State.RUNNING)));
    }
    assertThat(agents()).hasSize(1);
  }

  private static Map<String, Object> slow(int speed) {
    return Map.of(
        "zones",
        Map.of("east/east-a", Map.of("capacity", 4)),
        "launch_seconds",
        80_000,
        "speed",
        speed);
  }

  @Test
  void cloudsTimeGoesOnAtAnotherSpeedAfterARestart() throws IOException {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    SimSettings slow = SimSettings.read(ROOMY);
    SimSettings quick =
        SimSettings.read(
            Map.of("zones", Map.of("east/east-a", Map.of("capacity", 4)), "speed", 10));

    TimeFile.in(home).at(slow, start);
    var time = TimeFile.in(home).at(quick, start.plusSeconds(5));

    assertThat(time.millis(start.plusSeconds(6))).isEqualTo(5_000 + 10_000);
  }

  @Test
  void filesWithSecretsAreForTheOwnerAlone() throws IOException {
    try (InstanceProvider provider = open(ROOMY)) {
      create(provider, "a1", false);
    }

    Path file = home.resolve("instances/a1.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  private InstanceProvider open(Map<String, Object> settings) {
    return open(settings, Clock.systemUTC());
  }

  private InstanceProvider open(Map<String, Object> settings, Clock clock) {
    return new SimProviderFactory()
        .open(
            new ProviderContext(
                INSTALLATION,
                home,
                List.of("bash", "-c", "exec sleep 1000", "agent"),
                settings,
                clock));
  }

  private static Optional<Instance.State> state(InstanceProvider provider, InstanceRef ref) {
    return provider.get(ref).map(Instance::state);
  }

  private static InstanceRef create(InstanceProvider provider, String attempt, boolean spot) {
    Ownership owner = new Ownership(INSTALLATION, "svc", attempt.charAt(1) - '0', 1);
    AgentBoot boot = SleepingServer.boot(owner, attempt);
    CreateOutcome outcome =
        provider.create(
            new CreateSpec(
                attempt,
                owner,
                new Offer("sim", "east", "east-a", "v100", "", 1, spot),
                boot,
                Instant.now().plusSeconds(30)));
    assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
    return ((CreateOutcome.Accepted) outcome).ref();
  }

  private static List<LinuxProcess> agents() {
    return LinuxProcess.all().stream()
        .filter(LinuxProcess::alive)
        .filter(process ->
            process
                .environment(ReplicaProcesses.INSTALLATION)
                .filter(INSTALLATION::equals)
                .isPresent())
        .toList();
  }
}
