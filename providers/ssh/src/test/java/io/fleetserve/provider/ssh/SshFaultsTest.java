package io.fleetserve.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.Place;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.SleepingServer;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The SSH provider when hosts, keys and connections are not as they should be, with real `sshd`.
final class SshFaultsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final AtomicInteger COUNTER = new AtomicInteger();

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static SshHosts hosts;

  @SuppressWarnings("NullAway.Init")
  private static AgentBundle bundle;

  private final String installation =
      "faults" + ProcessHandle.current().pid() + "x" + COUNTER.incrementAndGet();

  @SuppressWarnings("NullAway.Init")
  private Path infra;

  @SuppressWarnings("NullAway.Init")
  private SshProvider provider;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        SshHosts.missing().isEmpty(), () -> SshHosts.missing().orElse("nothing is missing"));
    hosts = SshHosts.start(folder, 2);
    bundle = TestBundle.make(folder);
  }

  @AfterAll
  static void end() throws IOException {
    if (hosts != null) {
      hosts.close();
    }
  }

  @BeforeEach
  void open() throws IOException {
    infra = hosts.infra(folder.resolve(installation + ".yaml"), "");
    provider = provider();
  }

  private SshProvider provider() throws IOException {
    return TestBundle.open(installation, folder.resolve(installation), infra, List.of(bundle));
  }

  @AfterEach
  void leavesNothing() throws IOException {
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(() -> {
          provider.list(installation).forEach(instance -> provider.terminate(instance.ref()));
          assertThat(provider.list(installation)).isEmpty();
        });
    provider.close();
    assertThat(processes()).isEmpty();
    for (int host = 1; host <= 2; host++) {
      for (String kind : List.of("replicas", "files")) {
        Path left = hosts.home(host).resolve(".fleetserve").resolve(kind).resolve(installation);
        if (Files.exists(left)) {
          try (Stream<Path> entries = Files.list(left)) {
            assertThat(entries).isEmpty();
          }
        }
      }
    }
  }

  @Test
  void replicasSpreadOverHostsByWhatIsFreeAndAFullPoolSaysWhy() {
    Resources half = wish(Runtime.getRuntime().availableProcessors() * 0.6);
    InstanceRef one = accepted(provider.create(spec(half)));
    InstanceRef two = accepted(provider.create(spec(half)));

    assertThat(List.of(SshName.of(one).host(), SshName.of(two).host()))
        .containsExactlyInAnyOrder("h1", "h2");
    NoOffer told = noOffer(half);
    assertThat(told.never).isEmpty();
    assertThat(told.now)
        .hasSize(2)
        .allMatch(reason -> reason.contains("free beside 1 replicas"))
        .anyMatch(reason -> reason.startsWith("ssh: lab/h1 has "));
    CreateOutcome third = provider.create(spec(half));
    assertThat(third).isInstanceOf(CreateOutcome.Rejected.class);
    assertThat(((CreateOutcome.Rejected) third).error().retryAfter())
        .isEqualTo(Duration.ofSeconds(5));

    provider.terminate(one);
    await()
        .atMost(SOON)
        .until(() -> provider.offers(new OfferQuery(half, 1, reason -> {})).size() == 1);
  }

  /// Why there is no offer: what will not change, and what may.
  private record NoOffer(List<String> never, List<String> now) {}

  /// When every host has answered.
  private NoOffer noOffer(Resources wish) {
    List<String> late = new ArrayList<>();
    return await()
        .atMost(SOON)
        .until(
            () -> {
              NoOffer told = new NoOffer(new ArrayList<>(), new ArrayList<>());
              late.clear();
              var query = new OfferQuery(wish, 1, told.never::add, told.now::add, late::add);
              assertThat(provider.offers(query)).isEmpty();
              return told;
            },
            told -> late.isEmpty());
  }

  @Test
  void aHostWhoseKeyIsUnknownOrChangedIsNotConnectedTo() throws IOException {
    Path known = folder.resolve("known_hosts");
    String right = Files.readString(known);
    String swapped =
        right.lines().toList().getFirst().split(" ", 2)[0]
            + " "
            + right.lines().toList().getLast().split(" ", 2)[1]
            + "\n";
    for (String wrong : List.of("", swapped)) {
      Path other = Files.writeString(folder.resolve(installation + ".known"), wrong);
      String yaml = Files.readString(infra).replace(known.toString(), other.toString());
      provider.close();
      Files.writeString(infra, yaml);
      provider = provider();

      CreateOutcome outcome = provider.create(spec(wish(0)));

      assertThat(outcome).isInstanceOf(CreateOutcome.Rejected.class);
      assertThat(((CreateOutcome.Rejected) outcome).error().message())
          .contains("lab/h1", other.toString(), "ssh-keyscan -p " + hosts.port());
      Files.writeString(infra, yaml.replace(other.toString(), known.toString()));
    }
  }

  @Test
  void aKeyThatIsMissingWrongOrNotAcceptedIsNamedWithItsFix() throws Exception {
    Path stranger = folder.resolve(installation + ".key");
    Process made =
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger.toString())
            .start();
    assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
    Path garbage = Files.writeString(folder.resolve(installation + ".garbage"), "no key\n");
    String yaml = Files.readString(infra);
    Map<String, String> wrong =
        Map.of(
            stranger.toString(),
            "authorized_keys",
            garbage.toString(),
            "identity_file",
            "/nonexistent/key",
            "ssh-keygen");
    for (var each : wrong.entrySet()) {
      provider.close();
      Files.writeString(infra, yaml.replace(folder.resolve("id").toString(), each.getKey()));
      provider = provider();

      NoOffer told = noOffer(wish(0));

      assertThat(Stream.of(told.never, told.now).flatMap(List::stream))
          .hasSize(2)
          .allMatch(reason -> reason.contains(each.getKey()) && reason.contains(each.getValue()))
          .noneMatch(reason -> reason.contains("BEGIN"));
    }
    Files.writeString(infra, yaml);
  }

  @Test
  void aReplicaOutlivesItsControllerAndIsFoundByTheNext() throws IOException {
    InstanceRef ref = accepted(provider.create(spec(wish(0))));
    long before = processes().size();
    provider.close();
    assertThat(processes()).hasSize((int) before);

    provider = provider();

    assertThat(provider.list(installation)).extracting(Instance::ref).containsExactly(ref);
    assertThat(provider.get(ref).orElseThrow().state()).isEqualTo(Instance.State.RUNNING);
  }

  @Test
  void aHostThatIsAwayIsNeitherTakenForEmptyNorAskedTwiceAndIsFoundAgain() throws Exception {
    InstanceRef ref = accepted(provider.create(spec(wish(0))));
    hosts.down();
    hosts.cutConnections();
    try {
      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThatThrownBy(() -> provider.get(ref))
                  .isInstanceOf(ProviderException.class)
                  .hasMessageContaining("lab/"));
      assertThatThrownBy(() -> provider.list(installation)).isInstanceOf(ProviderException.class);
      assertThatThrownBy(() -> provider.terminate(ref)).isInstanceOf(ProviderException.class);
      assertThat(provider.create(spec(wish(0)))).isInstanceOf(CreateOutcome.Rejected.class);
      assertThat(provider.places())
          .hasSize(2)
          .noneMatch(Place::usable)
          .allMatch(place -> String.valueOf(place.problem()).contains("cannot be reached"))
          .anyMatch(place -> place.attempts().contains(SshName.of(ref).attemptId()));
    } finally {
      hosts.up();
    }

    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() ->
            provider.list(installation).stream().map(Instance::ref).toList().equals(List.of(ref)));
    assertThat(provider.get(ref).orElseThrow().state()).isEqualTo(Instance.State.RUNNING);
  }

  @Test
  void aHostThatWasStartedAgainTellsThatItsReplicaIsDead() {
    InstanceRef ref = accepted(provider.create(spec(wish(0))));

    processes().forEach(LinuxProcess::kill); // all that a reboot leaves is the disk

    await()
        .atMost(SOON)
        .until(() -> provider.get(ref).orElseThrow().state() == Instance.State.FAILED);
    provider.terminate(ref);
    assertThat(provider.get(ref)).isEmpty();
  }

  @Test
  void placesTellWhatIsFreeOfEachHostAndWhyNothingIs() throws IOException {
    InstanceRef ref = accepted(provider.create(spec(wish(1))));

    List<Place> places = provider.places();

    assertThat(places).extracting(Place::infra).containsExactly("ssh/lab/h1", "ssh/lab/h2");
    assertThat(places).allMatch(Place::usable);
    for (Place place : places) {
      double taken = place.infra().endsWith(SshName.of(ref).host()) ? 1 : 0;
      MachineFit size = Objects.requireNonNull(place.size());
      assertThat(Objects.requireNonNull(place.free()).cpus()).isEqualTo(size.cpus() - taken);
    }

    Files.writeString(infra, "ssh: {lab: {hosts: []}}\n");
    assertThat(provider.places())
        .hasSize(3)
        .first()
        .satisfies(place ->
            assertThat(place.problem()).contains(infra + ":1:", "hosts", "at least one host"));
  }

  @Test
  void aDamagedBundleIsNotUnpackedAndNothingIsLeftOfIt() throws IOException {
    provider.close();
    provider =
        TestBundle.open(
            installation,
            folder.resolve(installation),
            infra,
            List.of(new AgentBundle(bundle.file(), "0".repeat(64), bundle.architecture())));

    CreateOutcome outcome = provider.create(spec(wish(0)));

    assertThat(outcome).isInstanceOf(CreateOutcome.Rejected.class);
    assertThat(((CreateOutcome.Rejected) outcome).error().message()).contains("SHA-256");
    for (int host = 1; host <= 2; host++) {
      Path agents = hosts.home(host).resolve(".fleetserve/agents");
      try (Stream<Path> entries = Files.list(agents)) {
        assertThat(entries.map(each -> String.valueOf(each.getFileName())))
            .noneMatch(name -> name.startsWith("0000") || name.contains("part"));
      }
    }
    provider.close();
    provider = provider();
  }

  @Test
  void aFullDiskIsToldLeavesNothingAndIsUsedOnceThereIsRoom() throws Exception {
    Path own = folder.resolve(installation + "-full");
    Path home = Files.createDirectories(own.resolve("home/1"));
    Assumptions.assumeTrue(
        ran("mount", "-t", "tmpfs", "-o", "size=1m", "none", home.toString()),
        "a small file system cannot be mounted here");
    provider.close();
    try (SshHosts full = SshHosts.start(own, 1)) {
      Path its = full.infra(folder.resolve(installation + "-full.yaml"), "");
      provider = TestBundle.open(installation, folder.resolve(installation), its, List.of(bundle));

      CreateOutcome outcome = provider.create(spec(wish(0)));

      assertThat(outcome).isInstanceOf(CreateOutcome.Rejected.class);
      assertThat(((CreateOutcome.Rejected) outcome).error().message())
          .contains("lab/h1", "no space");
      assertThat(provider.places())
          .singleElement()
          .satisfies(place -> assertThat(place.problem()).contains("MiB free", "expected: >= 256"));
      try (Stream<Path> agents = Files.list(home.resolve(".fleetserve/agents"))) {
        assertThat(agents).isEmpty();
      }

      assertThat(ran("mount", "-o", "remount,size=1g", home.toString())).isTrue();

      InstanceRef ref = accepted(provider.create(spec(wish(0))));
      assertThat(provider.places()).allMatch(Place::usable);
      provider.terminate(ref);
      await().atMost(SOON).until(() -> provider.list(installation).isEmpty());
      provider.close();
    } finally {
      ran("umount", "-l", home.toString());
      provider = provider();
    }
  }

  private static boolean ran(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }

  @Test
  void filesAreCopiedAndGoWithTheReplicaAndTheBootFileIsTheOwnersAlone() throws IOException {
    Path workdir = Files.createDirectories(folder.resolve(installation + "-work/sub"));
    Files.writeString(workdir.resolve("weights"), "w");
    Path config = Files.writeString(folder.resolve(installation + "-config"), "c");
    AgentBoot.ReplicaTask task =
        task(workdir.resolve("..").normalize().toString(), Map.of("conf", config.toString()));

    InstanceRef ref = accepted(provider.create(spec(wish(0), "http://127.0.0.1:9", task)));

    int host = SshName.of(ref).host().equals("h1") ? 1 : 2;
    Path ours = hosts.home(host).resolve(".fleetserve");
    String attempt = SshName.of(ref).attemptId();
    Path files = ours.resolve("files").resolve(installation).resolve(attempt);
    assertThat(files.resolve("workdir/sub/weights")).hasContent("w");
    Path boot = ours.resolve("replicas").resolve(installation).resolve("svc-1-1/boot.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(boot)))
        .isEqualTo("rw-------");
    AgentBoot told = Json.MAPPER.readValue(Files.readAllBytes(boot), AgentBoot.class);
    assertThat(told.task().host()).isEqualTo("127.78.0." + host);
    String mounted = String.valueOf(told.task().fileMounts().get("conf"));
    assertThat(mounted).startsWith("/root/.fleetserve/files/");
    assertThat(hosts.home(host).resolve(Path.of("/root").relativize(Path.of(mounted))))
        .hasContent("c");
    assertThat(commandLines()).noneMatch(line -> line.contains("secret-token"));

    provider.terminate(ref);

    assertThat(files).doesNotExist();
  }

  @Test
  void anAgentReachesAControllerOnLoopbackAlsoAfterTheConnectionBroke() throws Exception {
    try (ServerSocket controller = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> greet(controller));
      String url = "https://127.0.0.1:" + controller.getLocalPort();
      InstanceRef ref = accepted(provider.create(spec(wish(0), url, task(null, Map.of()))));
      int host = SshName.of(ref).host().equals("h1") ? 1 : 2;
      Path boot =
          hosts
              .home(host)
              .resolve(".fleetserve/replicas")
              .resolve(installation)
              .resolve("svc-1-1/boot.json");
      AgentBoot told = Json.MAPPER.readValue(Files.readAllBytes(boot), AgentBoot.class);
      int port = java.net.URI.create(told.controllerUrl()).getPort();
      assertThat(port).isNotEqualTo(controller.getLocalPort());
      assertThat(greeting(port)).isEqualTo("hello");

      hosts.cutConnections();
      await().atMost(SOON).ignoreExceptions().until(() -> greeting(port).equals("hello"));

      provider.close();
      provider = provider();
      await().atMost(SOON).ignoreExceptions().until(() -> greeting(port).equals("hello"));
    }
  }

  private static void greet(ServerSocket controller) {
    try {
      while (true) {
        try (Socket socket = controller.accept()) {
          socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private static String greeting(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
      socket.setSoTimeout(5_000);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private List<LinuxProcess> processes() {
    return LinuxProcess.all().stream()
        .filter(LinuxProcess::alive)
        .filter(process ->
            process.environment(ReplicaProcesses.INSTALLATION).orElse("").equals(installation))
        .toList();
  }

  private static List<String> commandLines() {
    return LinuxProcess.all().stream().map(LinuxProcess::commandLine).toList();
  }

  private static Resources wish(double cpus) {
    return new Resources(
        null,
        Map.of(),
        cpus == 0 ? null : new Resources.Amount(cpus, true),
        null,
        null,
        false,
        null,
        List.of(),
        null,
        Map.of());
  }

  private CreateSpec spec(Resources wish) {
    return spec(wish, "http://127.0.0.1:9", task(null, Map.of()));
  }

  private CreateSpec spec(Resources wish, String url, AgentBoot.ReplicaTask task) {
    int number = COUNTER.incrementAndGet();
    int replica = task.workdir() != null || url.startsWith("https") ? 1 : number + 1;
    String attempt = "a" + number + "p" + ProcessHandle.current().pid();
    Ownership owner = new Ownership(installation, "svc", replica, 1);
    Offer offer = new Offer("ssh", "lab", null, "host", "", 0, false);
    AgentBoot boot = SleepingServer.boot(owner, attempt, "secret-token", task).at(url, "", task);
    return new CreateSpec(attempt, owner, offer, wish, boot, Instant.now().plusSeconds(30));
  }

  private static AgentBoot.ReplicaTask task(
      @org.jspecify.annotations.Nullable String workdir, Map<String, String> mounts) {
    return SleepingServer.task("exec sleep 1000", Map.of())
        .on("127.0.0.1", Map.of(), workdir, mounts);
  }

  private static InstanceRef accepted(CreateOutcome outcome) {
    assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
    return ((CreateOutcome.Accepted) outcome).ref();
  }
}
