package io.fleetserve.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.SleepingServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The local provider with real processes: what escapes, what dies, what is half made.
final class LocalProviderTest {
  private static final String INSTALLATION = "local-test-" + ProcessHandle.current().pid();
  private static final MachineFit MACHINE = new MachineFit(2, 8L << 30, Map.of());

  @TempDir Path folder;

  @AfterEach
  void endEverything() {
    LocalProvider provider = provider(FakeAgent.SLEEPS);
    provider.list(INSTALLATION).forEach(instance -> provider.terminate(instance.ref()));
    assertThat(provider.list(INSTALLATION)).isEmpty();
  }

  @Test
  void terminateEndsProcessesThatForkedDetachedAndIgnoreSignals() throws IOException {
    LocalProvider provider =
        provider(
            FakeAgent.bash(
                "trap '' TERM HUP INT; setsid sleep 1001 & (setsid bash -c 'trap \"\" TERM; sleep 1002; :' &);"
                    + " sleep 1003 & echo done >\"${1%/*}/forked\"; while :; do sleep 1; done"));
    InstanceRef ref = create(provider, "a1");
    await().until(() -> Files.exists(replicaFolder().resolve("forked")));
    await().until(() -> marked("a1").size() >= 5);

    provider.terminate(ref);

    assertThat(marked("a1")).isEmpty();
    assertThat(replicaFolder()).doesNotExist();
    assertThat(provider.get(ref)).isEmpty();
  }

  @Test
  void deadAgentIsFailedWithItsLastWordsAndLeftoversCanStillBeEnded() {
    LocalProvider provider =
        provider(FakeAgent.bash("setsid sleep 1004 & echo it broke >&2; exit 3"));
    InstanceRef ref = create(provider, "a2");

    await().until(() -> provider.get(ref).orElseThrow().state() == Instance.State.FAILED);
    assertThat(provider.get(ref).orElseThrow().failure())
        .isNotNull()
        .extracting(ProviderError::message)
        .asString()
        .contains("it broke");
    assertThat(marked("a2")).hasSize(1);

    provider.terminate(ref);
    assertThat(marked("a2")).isEmpty();
  }

  @Test
  void agentThatLeavesInOrderIsTerminated() {
    LocalProvider provider = provider(FakeAgent.bash(": >\"${1%/*}/ended\""));
    InstanceRef ref = create(provider, "a3");

    await().until(() -> provider.get(ref).orElseThrow().state() == Instance.State.TERMINATED);
  }

  @Test
  void bootFileIsForTheOwnerAloneAndNamesTheFolder() throws IOException {
    LocalProvider provider = provider(FakeAgent.SLEEPS);

    create(provider, "a4");

    Path boot = replicaFolder().resolve("boot.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(boot)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(replicaFolder())))
        .isEqualTo("rwx------");
    assertThat(Files.readString(boot)).contains("\"folder\":\"" + replicaFolder() + "\"");
  }

  @Test
  void agentRunsInASessionOfItsOwnAndOutlivesTheObject() throws IOException {
    LocalProvider provider = provider(FakeAgent.SLEEPS);

    create(provider, "a5");
    provider.close();

    // The process is there a moment before `setsid` has done its work.
    await()
        .untilAsserted(
            () -> assertThat(marked("a5")).allMatch(agent -> agent.session() == agent.pid()));
    LinuxProcess agent = marked("a5").getFirst();
    assertThat(agent.group()).isEqualTo(agent.pid());
    assertThat(Files.readString(replicaFolder().resolve("agent.pid")))
        .isEqualTo(agent.pid() + " " + agent.startTicks() + "\n");
  }

  @Test
  void processWhoseFolderIsGoneIsListedWithItsOwnerAndEnded() throws IOException {
    LocalProvider provider = provider(FakeAgent.SLEEPS);
    InstanceRef ref = create(provider, "a6");
    new ReplicaFolder(replicaFolder()).delete();

    Instance left = provider.list(INSTALLATION).getFirst();

    assertThat(left.ref()).isEqualTo(ref);
    assertThat(left.ownership()).isEqualTo(new Ownership(INSTALLATION, "svc", 1, 1));
    assertThat(provider.get(ref)).isPresent();
    provider.terminate(left.ref());
    assertThat(marked("a6")).isEmpty();
  }

  @Test
  void crashBetweenSpawnAndRecordIsFoundRunning() throws IOException {
    LocalProvider provider = provider(FakeAgent.SLEEPS);
    InstanceRef ref = create(provider, "a7");
    Files.delete(replicaFolder().resolve("agent.pid"));

    assertThat(provider.get(ref).orElseThrow().state()).isEqualTo(Instance.State.RUNNING);

    provider.terminate(ref);
    assertThat(marked("a7")).isEmpty();
  }

  @Test
  void crashBeforeTheBootFileWasCompleteIsListedAndRemoved() throws IOException {
    LocalProvider provider = provider(FakeAgent.SLEEPS);
    Files.createDirectories(replicaFolder().resolve("work"));
    Files.writeString(replicaFolder().resolve("boot.json"), "{\"installationId\":\"lo");

    List<Instance> left = provider.list(INSTALLATION);

    assertThat(left).hasSize(1);
    assertThat(left.getFirst().state()).isEqualTo(Instance.State.FAILED);
    provider.terminate(left.getFirst().ref());
    assertThat(replicaFolder()).doesNotExist();
  }

  @Test
  void folderHeldByAnotherAttemptIsNotTakenOver() {
    LocalProvider provider = provider(FakeAgent.SLEEPS);
    InstanceRef ref = create(provider, "a8");

    CreateOutcome second = provider.create(spec("a9"));

    assertThat(second).isInstanceOf(CreateOutcome.Rejected.class);
    assertThat(provider.get(ref).orElseThrow().state()).isEqualTo(Instance.State.RUNNING);
    assertThat(marked("a8")).hasSize(1);
  }

  @Test
  void homeThatCannotBeWrittenIsRejectedWithItsPath() throws IOException {
    Path blocked = Files.writeString(folder.resolve("blocked"), "");
    LocalProvider provider =
        new LocalProvider(
            new ProviderContext(
                INSTALLATION,
                blocked.resolve("local"),
                FakeAgent.SLEEPS,
                List.of(),
                folder.resolve("infra.yaml"),
                Map.of(),
                Clock.systemUTC()),
            MACHINE);

    CreateOutcome outcome = provider.create(spec("a10"));

    assertThat(outcome).isInstanceOf(CreateOutcome.Rejected.class);
    assertThat(((CreateOutcome.Rejected) outcome).error().message()).contains(blocked.toString());
  }

  @Test
  void linkGoesWithTheLastReplicaThatWantedIt() throws IOException {
    LocalProvider provider = provider(FakeAgent.SLEEPS);
    Path link = Files.createSymbolicLink(folder.resolve("data"), folder);
    InstanceRef one = create(provider, "a11");
    Files.writeString(replicaFolder().resolve("links"), link + "\n");
    Path other = Files.createDirectories(home().resolve("svc-2-1"));
    Files.writeString(other.resolve("links"), link + "\n");

    provider.terminate(one);
    assertThat(link).isSymbolicLink();

    provider.list(INSTALLATION).forEach(instance -> provider.terminate(instance.ref()));
    assertThat(link).doesNotExist();
  }

  @Test
  void readOnlyFoldersInTheWorkFolderAreRemovedToo() throws IOException {
    LocalProvider provider = provider(FakeAgent.SLEEPS);
    InstanceRef ref = create(provider, "a12");
    Path locked = Files.createDirectories(replicaFolder().resolve("work/locked"));
    Files.writeString(locked.resolve("file"), "x");
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-x------"));

    provider.terminate(ref);

    assertThat(replicaFolder()).doesNotExist();
  }

  private InstanceRef create(LocalProvider provider, String attempt) {
    CreateOutcome outcome = provider.create(spec(attempt));
    assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
    return ((CreateOutcome.Accepted) outcome).ref();
  }

  private static CreateSpec spec(String attempt) {
    Ownership owner = new Ownership(INSTALLATION, "svc", 1, 1);
    return new CreateSpec(
        unique(attempt),
        owner,
        new Offer("local", null, null, "this-machine", "", 0, false),
        new Resources(null, Map.of(), null, null, null, false, null, List.of(), null, Map.of()),
        SleepingServer.boot(owner, unique(attempt)),
        Instant.now().plus(Duration.ofSeconds(30)));
  }

  /// Other runs of this test on the machine must not be seen.
  private static String unique(String attempt) {
    return attempt + "p" + ProcessHandle.current().pid();
  }

  private static List<LinuxProcess> marked(String attempt) {
    return LinuxProcess.all().stream()
        .filter(LinuxProcess::alive)
        .filter(process ->
            process
                .environment("FLEETSERVE_ATTEMPT_ID")
                .filter(unique(attempt)::equals)
                .isPresent())
        .toList();
  }

  private Path home() {
    return folder.resolve("local");
  }

  private Path replicaFolder() {
    return home().resolve("svc-1-1");
  }

  private LocalProvider provider(List<String> agent) {
    return new LocalProvider(
        new ProviderContext(
            INSTALLATION,
            home(),
            agent,
            List.of(),
            folder.resolve("infra.yaml"),
            Map.of(),
            Clock.systemUTC()),
        MACHINE);
  }
}
