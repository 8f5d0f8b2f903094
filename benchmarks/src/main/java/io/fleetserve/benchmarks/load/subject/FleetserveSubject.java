package io.fleetserve.benchmarks.load.subject;

import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.api.wire.TunnelRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The load balancer of the distribution with the distribution's own flags and start script. Its
/// JVM is told to see as many processors as there should be loops; a load balancer that makes
/// another number of loops of that shows in the samples, which count the threads that did the work.
final class FleetserveSubject implements Subject {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TOKEN = "benchmark-token-0123456789abcdef";

  private final Path program;
  private final String jvmFlags;

  /// @param jvmFlags more flags for its JVM, separated by spaces; may be empty
  FleetserveSubject(Path root, String jvmFlags) {
    this.program = root.resolve("dist/target/fleetserve/bin/fleetserve-loadbalancer");
    this.jvmFlags = jvmFlags;
  }

  @Override
  public String name() {
    return "fleetserve";
  }

  @Override
  public String version() {
    return Files.isExecutable(program) ? "fleetserve, JVM flags added: [" + jvmFlags + "]" : "";
  }

  @Override
  public Running start(Path folder, ProxySettings settings) throws IOException {
    return start(name(), folder, settings, null, List.of());
  }

  /// The same under another name.
  ///
  /// @param tunnel where agents dial in; null: the backends are reached directly
  /// @param beside command of a process that becomes its child
  Running start(
      String name,
      Path folder,
      ProxySettings settings,
      @Nullable TunnelRule tunnel,
      List<String> beside)
      throws IOException {
    Files.createDirectories(folder);
    FakeController controller = FakeController.start(settings, tunnel != null);
    Path info = folder.resolve("controller.json");
    Path token = folder.resolve("lb.token");
    Path boot = folder.resolve("boot.json");
    writePrivate(info, JSON.writeValueAsString(infoOf(controller)));
    writePrivate(token, TOKEN);
    writePrivate(
        boot,
        JSON.writeValueAsString(
            new LoadBalancerBoot(
                "lb-1",
                folder.toString(),
                info.toString(),
                token.toString(),
                "127.0.0.1",
                0,
                0,
                TransportKind.AUTO,
                "",
                1 << 20,
                LoadBalancerBoot.Options.DEFAULT,
                tunnel)));
    String first = beside.isEmpty() ? "" : String.join(" ", beside) + " & ";
    ProcessBuilder builder =
        Commands.inFolder(folder, List.of("sh", "-c", first + "exec " + program + " " + boot));
    builder
        .environment()
        .put(
            "JDK_JAVA_OPTIONS",
            ("-XX:ActiveProcessorCount=" + settings.loops() + " " + jvmFlags).strip());
    return new Running(name, settings.port(), builder.start(), controller::close);
  }

  private static ControllerInfo infoOf(FakeController controller) {
    ProcessHandle self = ProcessHandle.current();
    return new ControllerInfo(
        controller.url(),
        "benchmark",
        FakeController.INSTALLATION,
        self.pid(),
        self.info().startInstant().map(Instant::toEpochMilli).orElse(0L),
        1,
        null,
        List.of());
  }

  private static void writePrivate(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
