package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Run;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the controller at every step of a launch, from the first row that tells of it until
/// the replica is ready. The next controller must leave nothing over and make nothing twice; that
/// is looked for where the provider has its folders and processes, not in what the controller says.
///
/// A step is seen from the outside, by a row of the store or a file of the provider, and the kill
/// follows within a millisecond. Each step has a service of its own; while it is launched those
/// before it are being taken up again.
final class ControllerCrashIT {
  private static final Duration STEP_LIMIT = Duration.ofSeconds(60);
  private static final Duration SETTLED = Duration.ofSeconds(60);

  /// The controller looks for what is left each minute.
  private static final Duration SWEPT = Duration.ofSeconds(90);

  private static final long LOOK_NANOS = 200_000;
  private static final String SERVER = "http.server";

  @TempDir Path folder;

  /// One step of the launch of a service's only replica.
  ///
  /// @param seen whether the service of that name has come so far
  private record Step(String name, Predicate<String> seen) {}

  @Test
  void onThisMachineNothingIsLeftOverOrDoubled() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder, ports())) {
      fleet.must("controller", "start");
      try (StoreRows rows = new StoreRows(fleet.home())) {
        List<Path> replicas = List.of(fleet.home().resolve("providers/local"));
        crashAtEach(
            fleet,
            rows.installation(),
            "local",
            replicas,
            List.of(
                service(rows),
                decision(rows),
                intent(rows),
                file(replicas, ""),
                file(replicas, "work"),
                file(replicas, "boot.json"),
                file(replicas, "agent.pid"),
                accepted(rows),
                status(rows, "STARTING"),
                file(replicas, "replica.log"),
                status(rows, "READY")));
      }
    }
  }

  @Test
  void onHostsReachedBySshNothingIsLeftOverOrDoubled() throws Exception {
    Assumptions.assumeTrue(
        SshHosts.missing().isEmpty(), () -> SshHosts.missing().orElse("nothing is missing"));
    try (SshHosts hosts = SshHosts.start(Files.createDirectories(folder.resolve("ssh")), 2);
        Fleet fleet = Fleet.create(Services.ROOT, folder, ports())) {
      hosts.infra(fleet.home().resolve("infra.yaml"), "");
      fleet.must("controller", "start");
      try (StoreRows rows = new StoreRows(fleet.home())) {
        Path noted = fleet.home().resolve("providers/ssh/attempts");
        List<Path> replicas = onHosts(hosts, "replicas/" + rows.installation());
        List<Path> files = onHosts(hosts, "files/" + rows.installation());
        crashAtEach(
            fleet,
            rows.installation(),
            "ssh/lab",
            replicas,
            List.of(
                service(rows),
                intent(rows),
                new Step(
                    "invitation", name -> rows.has("joins", "attempt_id = ?", rows.attempt(name))),
                new Step("note", name -> Files.exists(noted.resolve(rows.attempt(name) + ".json"))),
                new Step(
                    "bundle on a host",
                    name ->
                        onHosts(hosts, "agents").stream()
                            .anyMatch(each -> !children(each).isEmpty())),
                new Step(
                    "files on a host",
                    name ->
                        files.stream()
                            .anyMatch(each -> Files.exists(each.resolve(rows.attempt(name))))),
                file(replicas, ""),
                file(replicas, "boot.json"),
                file(replicas, "agent.pid"),
                accepted(rows),
                new Step(
                    "join",
                    name ->
                        rows.has(
                            "joins",
                            "key_hash IS NOT NULL AND attempt_id = ?",
                            rows.attempt(name))),
                file(replicas, "replica.log"),
                status(rows, "READY")));
        fleet.await(
            "no note and no copied file is left",
            SWEPT,
            () ->
                Stream.concat(Stream.of(noted), files.stream())
                    .allMatch(each -> children(each).isEmpty()));
      }
    }
  }

  /// Ports that nobody takes while the controller is dead: below those of outgoing connections, and
  /// not where other controllers begin to look for theirs.
  private static String ports() {
    int api = freePort(22_000);
    return "controller: {port: %d, agents: {port: %d}}\n".formatted(api, freePort(api + 1));
  }

  private static int freePort(int from) {
    for (int port = from; port < 30_000; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // the next one
      }
    }
    throw new AssertionError("no port from " + from + " is free");
  }

  private static List<Path> onHosts(SshHosts hosts, String path) {
    return Stream.of(1, 2).map(host -> hosts.home(host).resolve(".fleetserve/" + path)).toList();
  }

  private static Step service(StoreRows rows) {
    return new Step("service", name -> rows.has("services", "name = ?", name));
  }

  private static Step decision(StoreRows rows) {
    return new Step("decision", name -> rows.has("decisions", "service = ?", name));
  }

  private static Step intent(StoreRows rows) {
    return new Step("intent", name -> rows.has("attempts", "service = ?", name));
  }

  private static Step accepted(StoreRows rows) {
    return new Step(
        "accepted", name -> rows.has("attempts", "state = 'ACCEPTED' AND service = ?", name));
  }

  private static Step status(StoreRows rows, String status) {
    return new Step(
        status, name -> rows.has("replicas", "status = '" + status + "' AND service = ?", name));
  }

  /// A file in the folder of the service's replica; the folder itself when it has no name.
  private static Step file(List<Path> replicas, String file) {
    return new Step(
        file.isEmpty() ? "folder" : file,
        name ->
            replicas.stream()
                .flatMap(each -> children(each).stream())
                .filter(each -> String.valueOf(each.getFileName()).startsWith(name + "-"))
                .anyMatch(each -> Files.exists(each.resolve(file))));
  }

  private void crashAtEach(
      Fleet fleet, String installation, String infra, List<Path> replicas, List<Step> steps)
      throws Exception {
    for (int number = 0; number < steps.size(); number++) {
      String name = "s" + number;
      Process up = launchUntil(fleet, steps.get(number), name, file(name, infra));
      ProcessHandle.of(fleet.controllerPid()).ifPresent(ProcessHandle::destroyForcibly);
      // Its answer may be lost with the controller: 0 or 1, both are right.
      assertThat(Run.finish(up, STEP_LIMIT, "up " + name).exit()).isLessThan(2);
      fleet.must("controller", "start");
    }
    for (int number = 0; number < steps.size(); number++) {
      Services.awaitReady(fleet, "s" + number, 1);
    }
    fleet.await(
        "one agent, one server and one folder for each service: " + steps,
        SETTLED,
        () ->
            Stream.iterate(0, n -> n + 1)
                    .limit(steps.size())
                    .allMatch(number -> isSingle(installation, "s" + number))
                && replicas.stream().mapToInt(each -> children(each).size()).sum() == steps.size());
    fleet.must("down", "--all", "-y");
    assertThat(processes(installation)).isEmpty();
    assertThat(replicas.stream().flatMap(each -> children(each).stream())).isEmpty();
  }

  /// Begins a launch and returns as soon as the step is seen. A controller that has only just
  /// started may not know the hosts yet, and refuse: then it is asked again.
  private static Process launchUntil(Fleet fleet, Step step, String name, String file) {
    long end = System.nanoTime() + STEP_LIMIT.toNanos();
    Process up = fleet.start("up", file, "-y", "--no-wait");
    while (!step.seen().test(name)) {
      boolean failed = !up.isAlive() && up.exitValue() != 0;
      if (failed || System.nanoTime() > end) {
        Run refused = Run.finish(up, STEP_LIMIT, "up " + name);
        if (System.nanoTime() > end) {
          throw new AssertionError(
              "step %s was not seen of %s: up %s%n%s%n%s"
                  .formatted(
                      step.name(), name, refused, fleet.serve("status", "-v"), fleet.logTails()));
        }
        up = fleet.start("up", file, "-y", "--no-wait");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return up;
  }

  private String file(String name, String infra) throws IOException {
    Path workdir = Files.createDirectories(folder.resolve("work"));
    Files.writeString(workdir.resolve("page"), "hello\n");
    return Services.write(
        folder,
        name,
        """
        name: %s
        workdir: %s
        service: {readiness_probe: /page, replicas: 1}
        resources: {infra: %s}
        run: exec /usr/bin/python3 -m %s $PORT
        """
            .formatted(name, workdir, infra, SERVER));
  }

  /// Whether all that runs of a service is of one attempt, with one server.
  private static boolean isSingle(String installation, String service) {
    List<LinuxProcess> its =
        processes(installation).stream()
            .filter(each -> each.environment("FLEETSERVE_SERVICE").orElse("").equals(service))
            .toList();
    long attempts =
        its.stream().map(each -> each.environment(ReplicaProcesses.ATTEMPT)).distinct().count();
    return attempts == 1
        && its.stream().filter(each -> each.commandLine().contains(SERVER)).count() == 1;
  }

  private static List<LinuxProcess> processes(String installation) {
    return LinuxProcess.all().stream()
        .filter(LinuxProcess::alive)
        .filter(
            each -> each.environment(ReplicaProcesses.INSTALLATION).orElse("").equals(installation))
        .toList();
  }

  private static List<Path> children(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(parent)) {
      return found.toList();
    } catch (NoSuchFileException gone) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
