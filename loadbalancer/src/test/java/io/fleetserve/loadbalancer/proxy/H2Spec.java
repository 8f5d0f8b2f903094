package io.fleetserve.loadbalancer.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Runs h2spec, the conformance test of HTTP/2 servers, which comes as a resource of a Maven
/// plugin.
final class H2Spec {
  private static final String RESOURCE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

  private H2Spec() {}

  /// Runs all cases against a port of this machine; returns what failed, and the totals.
  static String run(Path folder, int port, boolean tls) throws IOException, InterruptedException {
    Path archive = folder.resolve("h2spec.tar.gz");
    try (InputStream in = Objects.requireNonNull(H2Spec.class.getResourceAsStream(RESOURCE))) {
      Files.copy(in, archive);
    }
    exec(folder, List.of("tar", "-xzf", archive.toString()));
    List<String> command = new ArrayList<>();
    command.add(folder.resolve("h2spec").toString());
    command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-o", "20"));
    if (tls) {
      command.addAll(List.of("-t", "-k"));
    }
    String report = exec(folder, command);
    return report.substring(
        Math.max(
            report.indexOf("Failures:"),
            report.contains("Failures:") ? 0 : report.lastIndexOf("Finished in")));
  }

  private static String exec(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
