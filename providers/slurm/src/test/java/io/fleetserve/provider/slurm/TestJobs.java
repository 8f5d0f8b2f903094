package io.fleetserve.provider.slurm;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.SleepingServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Create calls for tests.
final class TestJobs {
  static final String SECRET = "s3cr3t-of-the-test";
  static final Resources ANYTHING = wish(Map.of(), null, null);

  private TestJobs() {}

  static CreateSpec spec(String installation, String attempt, String partition) {
    return spec(installation, attempt, partition, ANYTHING, 1, "true");
  }

  static CreateSpec spec(
      String installation,
      String attempt,
      String partition,
      Resources wish,
      int nodes,
      String run) {
    Ownership owner = new Ownership(installation, "svc", 1, 1);
    return new CreateSpec(
        attempt,
        owner,
        new Offer(SlurmProvider.NAME, "test", partition, "job", "", 0, false),
        wish,
        nodes,
        boot(owner, attempt, run),
        Instant.now().plusSeconds(30));
  }

  static AgentBoot boot(Ownership owner, String attempt, String run) {
    Map<String, String> env = Map.of("KEY", SECRET, "QUOTED", "it's \"$HOME\" & `more`\nnext");
    return SleepingServer.boot(owner, attempt, SECRET, SleepingServer.task(run, env));
  }

  static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }

  static Resources wish(
      Map<String, Double> accelerators,
      Resources.@Nullable Amount cpus,
      Resources.@Nullable Amount memory) {
    return new Resources(
        null, accelerators, cpus, memory, null, false, null, List.of(), null, Map.of());
  }
}
