package io.fleetserve.testing.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One Fleetserve installation in a fresh home, driven through the built `serve` command.
///
/// Thread-safe. [#close] ends every service, the controller and the load balancer, then kills what
/// is left and reports it as an error, so a leak fails the test that made it.
public final class Fleet implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(120);

  private final Path serve;
  private final Path home;
  private final Path workingFolder;

  private Fleet(Path serve, Path home, Path workingFolder) {
    this.serve = serve;
    this.home = home;
    this.workingFolder = workingFolder;
  }

  /// A fleet with an empty home below `folder`, with ports of its own.
  ///
  /// @param root repository root: where the distribution was built, and where `serve` is called
  public static Fleet create(Path root, Path folder) {
    return create(root, folder, "");
  }

  /// The same with more lines for `config.yaml`.
  public static Fleet create(Path root, Path folder, String moreConfig) {
    try {
      Path home = Files.createDirectories(folder.resolve("home"));
      Files.setPosixFilePermissions(
          home, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
      int shared = freePort();
      Files.writeString(
          home.resolve("config.yaml"),
          "load_balancer: {first_port: %d, shared_port: %d}\n%s"
              .formatted(freePort(), shared, moreConfig));
      return at(root, home);
    } catch (IOException e) {
      throw new UncheckedIOException("fleet below " + folder, e);
    }
  }

  /// A fleet in a home that is there already.
  public static Fleet at(Path root, Path home) {
    Path serve = root.resolve("dist/target/fleetserve/bin/serve");
    if (!Files.isExecutable(serve)) {
      throw new IllegalStateException(serve + " is missing: build the dist module first");
    }
    return new Fleet(serve, home, root);
  }

  /// A loopback port that is free now.
  public static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path home() {
    return home;
  }

  /// Runs `serve args` to its end.
  public Run serve(String... args) {
    return Run.finish(start(args), COMMAND_LIMIT, "serve " + String.join(" ", args));
  }

  /// Runs `serve args` and fails unless it exits with 0.
  public Run must(String... args) {
    Run run = serve(args);
    if (run.exit() != 0) {
      throw new AssertionError("serve " + String.join(" ", args) + " " + run + "\n" + logTails());
    }
    return run;
  }

  /// Starts `serve args`; the caller waits for it.
  public Process start(String... args) {
    List<String> command = new ArrayList<>(List.of(serve.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(workingFolder.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("FLEETSERVE_HOME", home.toString());
    environment.put("NO_COLOR", "1");
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The JSON that `serve args -o json` prints.
  public JsonNode json(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("-o", "json"));
    return JSON.readTree(must(all.toArray(String[]::new)).out());
  }

  /// Reads a text as JSON.
  public static JsonNode parse(String text) {
    return JSON.readTree(text);
  }

  /// The service's view, as `serve status NAME -o json` prints it.
  public JsonNode status(String service) {
    JsonNode node = json("status", service);
    return node.isArray() ? node.get(0) : node;
  }

  /// Ready replicas of a service, from its status.
  public List<JsonNode> ready(String service) {
    return status(service)
        .get("replicas")
        .valueStream()
        .filter(replica -> replica.get("status").asString().equals("READY"))
        .toList();
  }

  /// Opens the port for tunnels, before the controller is started.
  public void openTunnels() throws IOException {
    Path config = home.resolve("config.yaml");
    Files.writeString(config, Files.readString(config).replaceFirst("}", ", tunnel: {}}"));
  }

  /// The service's URL.
  public URI url(String service) {
    return URI.create(must("status", service, "--endpoint").out().strip());
  }

  /// Pid of the controller; 0 when its file is missing.
  public long controllerPid() {
    return pidIn(home.resolve("run/controller.json"));
  }

  /// Pid of the load balancer; 0 when its file is missing.
  public long loadBalancerPid() {
    return pidIn(home.resolve("lb/lb-1/loadbalancer.json"));
  }

  private static long pidIn(Path file) {
    try {
      return JSON.readTree(Files.readString(file)).path("pid").asLong();
    } catch (IOException missing) {
      return 0;
    }
  }

  /// Everything alive that belongs to this home, seen from the outside.
  public List<HomeProcess> processes() {
    return HomeProcess.of(home);
  }

  /// Waits until the condition holds; fails with `what`, and the tails of the logs, after `limit`.
  public void await(String what, Duration limit, BooleanSupplier condition) {
    await(() -> what, limit, condition);
  }

  /// The same with words that are asked for when it fails.
  public void await(Supplier<String> what, Duration limit, BooleanSupplier condition) {
    Instant end = Instant.now().plus(limit);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not within " + limit + ": " + what.get() + "\n" + logTails());
      }
      java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }
  }

  /// The last lines of every log file of the home, for failure messages.
  public String logTails() {
    StringBuilder tails = new StringBuilder();
    try (var files = Files.walk(home.resolve("logs"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        List<String> lines = Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        tails.append("--- ").append(home.relativize(file)).append('\n');
        lines.stream()
            .skip(Math.max(0, lines.size() - 15))
            .map(line -> line.length() > 600 ? line.substring(0, 600) + "..." : line)
            .forEach(line -> tails.append(line).append('\n'));
      }
    } catch (IOException | UncheckedIOException e) {
      tails.append("(logs unreadable: ").append(e).append(')');
    }
    return tails.toString();
  }

  @Override
  public void close() {
    List<String> problems = new ArrayList<>();
    if (controllerPid() != 0) {
      for (String[] command :
          List.of(
              new String[] {"down", "--all", "-y", "--purge"},
              new String[] {"controller", "stop"})) {
        Run run = serve(command);
        if (run.exit() != 0) {
          problems.add("serve " + String.join(" ", command) + " " + run);
        }
      }
    }
    Instant end = Instant.now().plusSeconds(5);
    while (!processes().isEmpty() && Instant.now().isBefore(end)) {
      java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
    }
    String logs = logTails();
    for (HomeProcess left : processes()) {
      problems.add("left running: " + left);
      left.kill();
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join("\n", problems) + "\n" + logs);
    }
  }
}
