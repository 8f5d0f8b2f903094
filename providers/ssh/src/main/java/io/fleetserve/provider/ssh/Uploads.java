package io.fleetserve.provider.ssh;

import io.fleetserve.api.wire.AgentBoot.ReplicaTask;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Copies a replica's `workdir` and `file_mounts` to a host, by `tar` on both sides; the session
/// there removes them with the replica. Stateless.
final class Uploads {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(20);

  private Uploads() {}

  /// The task with its files where they lie on the host.
  ///
  /// @param folder absolute, on the host, for this attempt alone
  /// @throws IOException that names the local path or the host
  static ReplicaTask send(
      HostLink link, String folder, ReplicaTask task, Map<String, String> environment)
      throws IOException {
    String workdir = task.workdir();
    @Nullable String there =
        workdir == null ? null : copy(link, Path.of(workdir), folder + "/workdir");
    Map<String, String> mounts = new HashMap<>();
    int number = 0;
    for (Map.Entry<String, String> mount : task.fileMounts().entrySet()) {
      Path source = Path.of(mount.getValue());
      mounts.put(mount.getKey(), copy(link, source, folder + "/mount" + ++number));
    }
    return task.on(link.host().address(), environment, there, mounts);
  }

  /// Folder of an attempt's files on a host, below the home of its user.
  static String folder(String installationId, String attemptId) {
    return "/.fleetserve/files/" + installationId + "/" + attemptId;
  }

  /// Removes the files of an attempt that made nothing; success when there are none.
  static void remove(HostLink link, String installationId, String attemptId) throws IOException {
    link.run("rm -rf \"$HOME" + folder(installationId, attemptId) + "\"\n", null, REMOVAL_LIMIT);
  }

  /// @return path on the host of the copy of a folder or file
  private static String copy(HostLink link, Path source, String target) throws IOException {
    Path real = source.toRealPath();
    boolean folder = Files.isDirectory(real);
    Path base = folder ? real : real.resolveSibling("");
    String name = folder ? "." : String.valueOf(real.getFileName());
    Process tar =
        new ProcessBuilder(List.of("tar", "-C", base.toString(), "-cf", "-", "--", name))
            .redirectErrorStream(false)
            .start();
    try (InputStream content = tar.getInputStream()) {
      String place = HostLink.quoted(target);
      link.run("umask 077; mkdir -p " + place + " && tar -C " + place + " -xf -", content, LIMIT);
      String complaint =
          new String(tar.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!tar.waitFor(10, TimeUnit.SECONDS) || tar.exitValue() != 0) {
        throw new IOException(source + ": cannot be read whole: " + complaint);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      tar.destroyForcibly();
    }
    return folder ? target : target + "/" + name;
  }
}
