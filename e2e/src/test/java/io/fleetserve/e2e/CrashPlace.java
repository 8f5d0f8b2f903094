package io.fleetserve.e2e;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.testing.docker.DockerEngine;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.slurm.SlurmCluster;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A place where replicas are launched while the controller is killed: the steps of a launch there,
/// and what the place itself says that it holds.
///
/// A first step that brings the agent is only seen where none is: it has to be the first of all.
///
/// @param infra of the services' files
/// @param held one entry for each replica that the place has
/// @param rest what else a launch makes there, which has to be gone after the last replica
record CrashPlace(
    String infra,
    List<CrashPoint> points,
    Supplier<List<String>> held,
    Supplier<List<String>> rest) {

  static CrashPlace local(Fleet fleet, StoreRows rows) {
    List<Path> replicas = List.of(fleet.home().resolve("providers/local"));
    return new CrashPlace(
        "local",
        List.of(
            CrashPoint.service(rows),
            CrashPoint.decision(rows),
            CrashPoint.intent(rows),
            file(replicas, ""),
            file(replicas, "work"),
            file(replicas, "boot.json"),
            file(replicas, "agent.pid"),
            CrashPoint.accepted(rows),
            CrashPoint.status(rows, "STARTING"),
            file(replicas, "replica.log"),
            CrashPoint.status(rows, "READY")),
        () -> names(replicas),
        List::of);
  }

  static CrashPlace ssh(Fleet fleet, StoreRows rows, SshHosts hosts) {
    Path noted = fleet.home().resolve("providers/ssh/attempts");
    List<Path> agents = onHosts(hosts, "agents");
    List<Path> replicas = onHosts(hosts, "replicas/" + rows.installation());
    List<Path> files = onHosts(hosts, "files/" + rows.installation());
    return new CrashPlace(
        "ssh/lab",
        List.of(
            new CrashPoint("bundle on a host", _ -> !names(agents).isEmpty()),
            CrashPoint.service(rows),
            CrashPoint.intent(rows),
            CrashPoint.invitation(rows),
            CrashPoint.ofAttempt(
                rows, "note", (_, attempt) -> Files.exists(noted.resolve(attempt + ".json"))),
            CrashPoint.ofAttempt(
                rows, "files on a host", (_, attempt) -> names(files).contains(attempt)),
            file(replicas, ""),
            file(replicas, "boot.json"),
            file(replicas, "agent.pid"),
            CrashPoint.accepted(rows),
            CrashPoint.join(rows),
            file(replicas, "replica.log"),
            CrashPoint.status(rows, "READY")),
        () -> names(replicas),
        () -> Stream.of(names(List.of(noted)), names(files)).flatMap(List::stream).toList());
  }

  static CrashPlace docker(StoreRows rows, DockerEngine engine) {
    EngineFiles files = new EngineFiles(engine.folder().resolve("data"));
    String label = "label=io.fleetserve.installation=" + rows.installation();
    return new CrashPlace(
        "docker",
        List.of(
            new CrashPoint("agent in its volume", _ -> files.hasVolumes()),
            CrashPoint.service(rows),
            CrashPoint.decision(rows),
            CrashPoint.intent(rows),
            CrashPoint.invitation(rows),
            CrashPoint.ofAttempt(rows, "container", (_, attempt) -> files.isMade(attempt)),
            CrashPoint.ofAttempt(
                rows, "boot file", (_, attempt) -> files.has(attempt, "boot.json")),
            CrashPoint.ofAttempt(rows, "container runs", (_, attempt) -> files.runs(attempt)),
            CrashPoint.accepted(rows),
            CrashPoint.join(rows),
            CrashPoint.status(rows, "STARTING"),
            CrashPoint.ofAttempt(
                rows, "server's log", (_, attempt) -> files.has(attempt, "replica.log")),
            CrashPoint.status(rows, "READY")),
        () -> said(() -> engine.docker("ps", "-aq", "--filter", label)),
        () -> said(() -> engine.docker("ps", "-aq")));
  }

  static CrashPlace slurm(StoreRows rows, SlurmCluster cluster) {
    List<Path> state =
        Stream.iterate(0, n -> n + 1)
            .limit(10)
            .map(n -> cluster.folder().resolve("state/hash." + n))
            .toList();
    Path own = cluster.folder().resolve("nodes/fleetserve-0");
    List<Path> nodes = Stream.of(1, 2, 3, 4).map(n -> own.resolve("node" + n)).toList();
    return new CrashPlace(
        "slurm/test",
        List.of(
            new CrashPoint(
                "bundle on a node", _ -> !names(List.of(own.resolve("agents"))).isEmpty()),
            CrashPoint.service(rows),
            CrashPoint.decision(rows),
            CrashPoint.intent(rows),
            CrashPoint.invitation(rows),
            CrashPoint.ofAttempt(
                rows,
                "job",
                (_, attempt) ->
                    state.stream()
                        .flatMap(folder -> children(folder).stream())
                        .anyMatch(job -> contains(job.resolve("script"), attempt))),
            CrashPoint.accepted(rows),
            CrashPoint.ofAttempt(
                rows, "folder on a node", (_, attempt) -> names(nodes).contains(attempt)),
            onNode(rows, nodes, "boot.json"),
            CrashPoint.join(rows),
            CrashPoint.status(rows, "STARTING"),
            onNode(rows, nodes, "replica.log"),
            CrashPoint.status(rows, "READY")),
        () -> said(() -> cluster.run("squeue", "-h", "-o", "%j %T")),
        () ->
            nodes.stream()
                .flatMap(node -> children(node).stream())
                .filter(folder -> !isOfDeadJob(folder))
                .map(Path::toString)
                .toList());
  }

  /// What a job that was killed at once has left, which the next one on the node removes.
  private static boolean isOfDeadJob(Path folder) {
    try {
      long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
      return LinuxProcess.of(pid).filter(LinuxProcess::alive).isEmpty();
    } catch (IOException | NumberFormatException none) {
      return false;
    }
  }

  private static CrashPoint onNode(StoreRows rows, List<Path> nodes, String file) {
    return CrashPoint.ofAttempt(
        rows,
        file,
        (_, attempt) ->
            nodes.stream().anyMatch(node -> Files.exists(node.resolve(attempt).resolve(file))));
  }

  /// A file in the folder of the service's replica; the folder itself when it has no name.
  private static CrashPoint file(List<Path> replicas, String file) {
    return new CrashPoint(
        file.isEmpty() ? "folder" : file,
        name ->
            replicas.stream()
                .flatMap(each -> children(each).stream())
                .filter(each -> String.valueOf(each.getFileName()).startsWith(name + "-"))
                .anyMatch(each -> Files.exists(each.resolve(file))));
  }

  private static List<Path> onHosts(SshHosts hosts, String path) {
    return Stream.iterate(1, n -> n + 1)
        .limit(hosts.count())
        .map(host -> hosts.home(host).resolve(".fleetserve/" + path))
        .toList();
  }

  private static List<String> names(List<Path> folders) {
    return folders.stream()
        .flatMap(each -> children(each).stream())
        .map(each -> String.valueOf(each.getFileName()))
        .toList();
  }

  /// Empty where there is no such folder.
  static List<Path> children(Path parent) {
    try (Stream<Path> found = Files.list(parent)) {
      return found.toList();
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether there is such a file with these words in it.
  static boolean contains(Path file, String words) {
    try {
      return Files.readString(file).contains(words);
    } catch (IOException | java.io.UncheckedIOException none) {
      return false; // not there, or being written
    }
  }

  /// A command of the place.
  private interface Command {
    String run() throws IOException;
  }

  private static List<String> said(Command command) {
    try {
      return command.run().lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
