package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.testing.docker.DockerEngine;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Run;
import io.fleetserve.testing.slurm.SlurmCluster;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A fleet with every place that can be had here, whose controller is killed with `SIGKILL` at
/// steps of launches. Looks afterwards whether each service has one replica and no more. Confined
/// to one thread.
///
/// @param folder for files of services
/// @param rows of the fleet's store
record CrashBed(
    Path folder,
    Fleet fleet,
    StoreRows rows,
    Optional<SshHosts> hosts,
    Optional<DockerEngine> engine,
    Optional<SlurmCluster> cluster)
    implements AutoCloseable {
  private static final Duration STEP_LIMIT = Duration.ofSeconds(60);
  private static final Duration SETTLED = Duration.ofSeconds(90);
  private static final long LOOK_NANOS = 1_000_000;
  private static final String SERVER = "http.server";

  /// Starts the places, then the fleet.
  static CrashBed start(Path folder) throws Exception {
    Deque<AutoCloseable> started = new ArrayDeque<>();
    try {
      Optional<SshHosts> hosts = Optional.empty();
      Optional<DockerEngine> engine = Optional.empty();
      Optional<SlurmCluster> cluster = Optional.empty();
      if (SshHosts.missing().isEmpty()) {
        hosts = Optional.of(SshHosts.start(Files.createDirectories(folder.resolve("ssh")), 2));
        started.push(hosts.get());
      }
      if (DockerEngine.missing().isEmpty()) {
        engine = Optional.of(DockerEngine.start());
        started.push(engine.get());
      }
      if (SlurmCluster.missing().isEmpty()) {
        cluster = Optional.of(SlurmCluster.start());
        started.push(cluster.get());
      }
      Fleet fleet = Fleet.create(Services.ROOT, folder, config(engine, cluster));
      started.push(fleet);
      if (hosts.isPresent()) {
        hosts.get().infra(fleet.home().resolve("infra.yaml"), "");
      }
      fleet.must("controller", "start");
      return new CrashBed(folder, fleet, new StoreRows(fleet.home()), hosts, engine, cluster);
    } catch (Exception e) {
      for (AutoCloseable each : started) {
        each.close();
      }
      throw e;
    }
  }

  /// Ports that nobody takes while the controller is dead: below those of outgoing connections, and
  /// not where other controllers begin to look for theirs.
  private static String config(Optional<DockerEngine> engine, Optional<SlurmCluster> cluster) {
    int api = freePort(22_000);
    String config =
        "controller: {port: %d, agents: {port: %d}}\n".formatted(api, freePort(api + 1));
    String providers = cluster.map(SlurmCluster::config).orElse("providers:\n");
    String docker =
        engine.map(each -> "  docker: {host: 'unix://" + each.socket() + "'}\n").orElse("");
    return cluster.isEmpty() && engine.isEmpty() ? config : config + providers + docker;
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

  @Override
  public void close() throws IOException, SQLException {
    rows.close();
    try {
      fleet.close();
    } finally {
      if (hosts.isPresent()) {
        hosts.get().close();
      }
      if (engine.isPresent()) {
        engine.get().close();
      }
      if (cluster.isPresent()) {
        cluster.get().close();
      }
    }
  }

  /// Kills it once at each of the points, each time with a service of its own; while one is
  /// launched, those before it are being taken up again.
  void crashAtEach(CrashPlace place, List<CrashPoint> points) throws Exception {
    String prefix = place.infra().replaceAll("/.*", "-");
    Map<String, CrashPoint> launched = new LinkedHashMap<>();
    for (CrashPoint point : points) {
      String name = prefix + launched.size();
      launched.put(name, point);
      launchAndCrash(point, name, file(name, place.infra()));
    }
    fleet.must("controller", "start");
    List<String> names = List.copyOf(launched.keySet());
    fleet.await("one ready replica of each of " + launched, SETTLED, () -> areReady(fleet, names));
    fleet.await(
        () -> "one of each of " + launched + " in " + place.held().get() + processes(),
        SETTLED,
        () -> names.stream().allMatch(this::isSingle) && place.held().get().size() == names.size());

    fleet.must(Stream.concat(Stream.of("down", "-y"), names.stream()).toArray(String[]::new));

    fleet.await(
        () -> "nothing of " + launched + " in " + left(place),
        SETTLED,
        () -> left(place).isEmpty());
  }

  private List<String> left(CrashPlace place) {
    List<String> left = new ArrayList<>(place.held().get());
    left.addAll(place.rest().get());
    processes().forEach(each -> left.add(each.pid() + " " + each.commandLine()));
    return left;
  }

  private void launchAndCrash(CrashPoint point, String name, String file) {
    assertThat(point.seen().test(name)).as("%s of %s before its launch", point, name).isFalse();
    Process up = launchUntil(point, name, file);
    Optional<ProcessHandle> controller = ProcessHandle.of(fleet.controllerPid());
    assertThat(controller.filter(ProcessHandle::destroyForcibly)).as("%s", point).isPresent();
    // Its answer may be lost with the controller: 0 or 1, both are right.
    assertThat(Run.finish(up, STEP_LIMIT, "up " + name).exit()).isLessThan(2);
  }

  /// Begins a launch, which starts the controller that was killed, and returns as soon as the point
  /// is seen. A controller that has only just started may not know the places yet, and refuse: then
  /// it is asked again.
  private Process launchUntil(CrashPoint point, String name, String file) {
    long end = System.nanoTime() + STEP_LIMIT.toNanos();
    Process up = fleet.start("up", file, "-y", "--no-wait");
    while (!point.seen().test(name)) {
      boolean failed = !up.isAlive() && up.exitValue() != 0;
      if (failed || System.nanoTime() > end) {
        Run refused = Run.finish(up, STEP_LIMIT, "up " + name);
        if (System.nanoTime() > end) {
          throw new AssertionError(
              "step %s was not seen of %s: up %s%n%s%n%s"
                  .formatted(
                      point.name(), name, refused, fleet.serve("status", "-v"), fleet.logTails()));
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

  /// Whether each has one replica, which is ready.
  private static boolean areReady(Fleet fleet, List<String> names) {
    Map<String, JsonNode> views =
        fleet
            .json("status")
            .valueStream()
            .collect(Collectors.toMap(view -> view.get("name").asString(), view -> view));
    return names.stream()
        .map(views::get)
        .allMatch(view ->
            view != null
                && view.get("readyReplicas").asInt() == 1
                && view.get("totalReplicas").asInt() == 1);
  }

  /// Whether all that runs of a service is of one attempt, with one server.
  private boolean isSingle(String service) {
    List<LinuxProcess> its =
        processes().stream()
            .filter(each -> each.environment("FLEETSERVE_SERVICE").orElse("").equals(service))
            .toList();
    long attempts =
        its.stream().map(each -> each.environment(ReplicaProcesses.ATTEMPT)).distinct().count();
    return attempts == 1
        && its.stream().filter(each -> each.commandLine().contains(SERVER)).count() == 1;
  }

  /// All that runs of the installation's replicas, wherever it is: places are on this machine.
  private List<LinuxProcess> processes() {
    String installation = rows.installation();
    return LinuxProcess.all().stream()
        .filter(LinuxProcess::alive)
        .filter(
            each -> each.environment(ReplicaProcesses.INSTALLATION).orElse("").equals(installation))
        .toList();
  }
}
