package io.fleetserve.dist;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One run of everything else: a service goes up, answers, is looked at, updated and ended, by the
/// commands people use.
final class SystemTraining {
  private static final int REQUESTS = 200;

  private final TrainingGround ground;

  SystemTraining(TrainingGround ground) {
    this.ground = ground;
  }

  void run() throws IOException, InterruptedException {
    int port = TrainingGround.freePort();
    Files.writeString(
        ground.home().resolve("config.yaml"),
        "load_balancer: {first_port: %d, shared_port: 0}\n".formatted(port));
    Path file = service("training.yaml", "");
    Path changed = service("changed.yaml", "  load_balancing_policy: round_robin\n");
    Path wrong =
        Files.writeString(
            ground.work().resolve("wrong.yaml"), "service: {replics: 1}\nrun: sleep 1\n");
    for (String program : List.of("controller", "loadbalancer")) {
      ground.train(program);
    }
    Process cli = ground.start("cli", cliCommand(), true);
    try (BufferedWriter commands = cli.outputWriter();
        BufferedReader answers = cli.inputReader()) {
      drive(new Commands(commands, answers), port, file, changed, wrong);
    } finally {
      // Its cache is made on its way out, and is of use even if the rest failed.
      cli.waitFor(90, TimeUnit.SECONDS);
    }
    stopLoadBalancer();
    for (String program : List.of("controller", "loadbalancer")) {
      Path cache = ground.caches().resolve(program + ".aot");
      TrainingGround.await("the cache of the " + program, () -> Files.exists(cache));
    }
  }

  private static void drive(Commands serve, int port, Path file, Path changed, Path wrong)
      throws IOException, InterruptedException {
    serve.any("--help");
    serve.any("--version");
    serve.any("up", "--help");
    serve.any("statsu");
    serve.any("validate", wrong.toString());
    serve.any("status");
    serve.must("up", file.toString());
    requests(port);
    serve.must("status");
    serve.must("status", "training", "-v");
    serve.must("status", "-o", "json");
    serve.any("logs", "training", "--no-follow");
    serve.any("events", "training");
    serve.any("plan", file.toString());
    serve.any("update", "training", changed.toString());
    requests(port);
    serve.any("up", file.toString());
    serve.must("down", "training", "-y");
    serve.any("controller", "status");
    serve.any("controller", "stop", "--keep-serving");
  }

  /// The controller would not wait for a load balancer that makes its cache on the way out. Its
  /// supervisor ends when that is done.
  private void stopLoadBalancer() throws IOException, InterruptedException {
    Path file = ground.home().resolve("lb/lb-1/supervisor.pid");
    if (!Files.exists(file)) {
      return;
    }
    Optional<ProcessHandle> supervisor =
        ProcessHandle.of(Long.parseLong(Files.readString(file).strip()));
    supervisor.ifPresent(ProcessHandle::destroy);
    TrainingGround.await(
        "the end of the load balancer",
        () -> supervisor.map(process -> !process.isAlive()).orElse(true));
  }

  private Path service(String name, String more) throws IOException {
    return Files.writeString(
        ground.work().resolve(name),
        """
        name: training
        service:
          readiness_probe: /
          replicas: 1
          drain: {timeout_seconds: 1, grace_seconds: 1}
        %srun: exec '%s/bin/jwebserver' -b 127.0.0.1 -p $PORT -d /
        """
            .formatted(more, System.getProperty("java.home")));
  }

  /// The command line's own JVM call: the launch script starts one command only.
  private List<String> cliCommand() throws IOException {
    Path lib = ground.dist().resolve("lib");
    List<String> jars = List.of(Files.readString(lib.resolve("cli.classpath")).strip().split(" "));
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "@" + lib.resolve("cli.args"),
        "-XX:AOTCacheOutput=" + ground.caches().resolve("cli.aot"),
        "-cp",
        String.join(":", jars.stream().map(jar -> lib.resolve(jar).toString()).toList()),
        "io.fleetserve.cli.TrainingMain");
  }

  private static void requests(int port) throws IOException, InterruptedException {
    URI url = URI.create("http://127.0.0.1:" + port + "/");
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < REQUESTS; i++) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        if (i % 10 == 0) {
          request.POST(HttpRequest.BodyPublishers.ofString("{}"));
        }
        client.send(request.build(), HttpResponse.BodyHandlers.discarding());
      }
    }
  }

  /// Commands written to the training program of the command line, one after the other.
  private record Commands(BufferedWriter commands, BufferedReader answers) {
    void must(String... arguments) throws IOException {
      String answer = any(arguments);
      if (!answer.equals("exit 0")) {
        throw new IOException("serve " + String.join(" ", arguments) + ": " + answer);
      }
    }

    String any(String... arguments) throws IOException {
      commands.write(String.join("\t", arguments) + "\n");
      commands.flush();
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.matches("exit \\d+")) {
          return line;
        }
      }
      throw new IOException("the command line ended at: serve " + String.join(" ", arguments));
    }
  }
}
