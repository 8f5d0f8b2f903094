package io.fleetserve.e2e;

import io.fleetserve.testing.docker.DockerEngine;
import io.fleetserve.testing.slurm.SlurmCluster;
import io.fleetserve.testing.ssh.SshHosts;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the controller at steps of a launch, from the first row that tells of it until the
/// replica is ready. The next controller must leave nothing over and make nothing twice; that is
/// looked for where the provider has its folders, containers, jobs and processes, not in what the
/// controller says.
///
/// A step is seen from the outside, by a row of the store or a file of the provider, and the kill
/// follows within milliseconds. A run takes some steps of each place, always the same;
/// `-Dfleetserve.crash.points=all` takes all of them, and `-Dfleetserve.crash.first=N` others.
final class ControllerCrashIT {
  private static final String POINTS = System.getProperty("fleetserve.crash.points", "2");

  @TempDir static Path folder;

  private static CrashBed bed;

  @BeforeAll
  static void start() throws Exception {
    bed = CrashBed.start(folder);
  }

  @AfterAll
  static void end() throws Exception {
    bed.close();
  }

  @Test
  void onThisMachineNothingIsLeftOverOrDoubled() throws Exception {
    crash(CrashPlace.local(bed.fleet(), bed.rows()));
  }

  @Test
  void onHostsReachedBySshNothingIsLeftOverOrDoubled() throws Exception {
    SshHosts.missing().ifPresent(Assumptions::abort);
    crash(CrashPlace.ssh(bed.fleet(), bed.rows(), bed.hosts().orElseThrow()));
  }

  @Test
  void onADockerEngineNothingIsLeftOverOrDoubled() throws Exception {
    DockerEngine.missing().ifPresent(Assumptions::abort);
    crash(CrashPlace.docker(bed.rows(), bed.engine().orElseThrow()));
  }

  @Test
  void onASlurmClusterNothingIsLeftOverOrDoubled() throws Exception {
    SlurmCluster.missing().ifPresent(Assumptions::abort);
    crash(CrashPlace.slurm(bed.rows(), bed.cluster().orElseThrow()));
  }

  private static void crash(CrashPlace place) throws Exception {
    bed.crashAtEach(place, chosen(place.points()));
  }

  /// Every so many of the points, in their order.
  private static List<CrashPoint> chosen(List<CrashPoint> points) {
    if (POINTS.equals("all")) {
      return points;
    }
    int stride = Math.ceilDiv(points.size(), Integer.parseInt(POINTS));
    int first = Math.floorMod(Integer.getInteger("fleetserve.crash.first", 2), stride);
    return IntStream.range(0, points.size())
        .filter(point -> point % stride == first)
        .mapToObj(points::get)
        .toList();
  }
}
