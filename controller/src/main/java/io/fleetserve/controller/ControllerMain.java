package io.fleetserve.controller;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.spec.SpecReader;
import io.fleetserve.api.wire.Json;
import io.fleetserve.controller.home.AccessToken;
import io.fleetserve.controller.home.ConfigReader;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.home.HomeLock;
import io.fleetserve.controller.home.OwnerOnlyFiles;
import io.fleetserve.controller.home.StartupException;
import io.fleetserve.controller.http.ApiRoutes;
import io.fleetserve.controller.http.ApiServer;
import io.fleetserve.controller.run.AgentBundles;
import io.fleetserve.controller.run.ApiPort;
import io.fleetserve.controller.run.Controller;
import io.fleetserve.controller.run.StopSignal;
import io.fleetserve.controller.store.JdbiStore;
import io.fleetserve.controller.store.Store;
import io.fleetserve.controller.store.StoreException;
import io.fleetserve.controller.telemetry.PrometheusMetrics;
import io.fleetserve.provider.ProviderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;

/// The controller process: `ControllerMain --home DIR --dist DIR`.
///
/// Exit codes: 0 after `POST /stop`, 1 when it cannot start (one line says why), 2 for wrong
/// arguments. SIGTERM ends it in order, too; replicas and load balancer go on serving in each case
/// but a stop that asks for their end.
public final class ControllerMain {
  private ControllerMain() {}

  private record Arguments(Path home, Path dist) {}

  public static void main(String[] args) {
    Optional<Arguments> arguments = parse(args);
    if (arguments.isEmpty()) {
      System.err.println("usage: fleetserve-controller --home DIR --dist DIR");
      System.exit(2);
      return;
    }
    ProgramLog.quiet();
    try {
      run(new HomeFolder(arguments.get().home()), arguments.get().dist());
      System.exit(0);
    } catch (StartupException e) {
      fail(String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      fail("cannot use the store: " + e.getMessage());
    } catch (InterruptedException e) {
      fail("interrupted");
    }
  }

  private static void fail(String message) {
    System.err.println("fleetserve-controller: " + message);
    System.exit(1);
  }

  private static Optional<Arguments> parse(String[] args) {
    Path home = null;
    Path dist = null;
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--home" -> home = Path.of(args[i + 1]);
        case "--dist" -> dist = Path.of(args[i + 1]);
        default -> {
          return Optional.empty();
        }
      }
    }
    return home == null || dist == null || args.length != 4
        ? Optional.empty()
        : Optional.of(new Arguments(home, dist.toAbsolutePath().normalize()));
  }

  private static void run(HomeFolder home, Path dist) throws InterruptedException {
    home.create();
    try (HomeLock lock = HomeLock.take(home)) {
      ControllerConfig config = ConfigReader.read(home.config());
      ProgramLog.open(home, config.logs().programBytes());
      AccessToken operator = AccessToken.in(home.token());
      AccessToken balancer = AccessToken.in(home.loadBalancerToken());
      StopSignal stop = new StopSignal();
      boolean keepServing = true;
      try (Store store = new JdbiStore(home, config.history().events())) {
        int port = ApiPort.choose(config.controller().port(), store);
        PrometheusMetrics metrics = new PrometheusMetrics();
        try (Controller controller =
                new Controller(parts(home, config, store, port, dist, metrics));
            ApiServer server =
                new ApiServer(
                    ApiServer.Listener.loopback(port),
                    ApiRoutes.of(controller, stop, metrics::page),
                    tokens(operator, balancer, controller),
                    route -> metrics.requested(route.method(), route.path()));
            Servers doors = doors(controller, operator, balancer, metrics)) {
          metrics.observe(controller.services()::list);
          listen(server, "127.0.0.1:" + port);
          doors.start();
          store.saveControllerPort(port);
          controller.door().ifPresent(door -> store.saveAgentPort(door.port()));
          announce(home, controller);
          Runtime.getRuntime().addShutdownHook(new Thread(() -> withdraw(home, controller)));
          controller.start();
          keepServing = stop.await();
          if (!keepServing) {
            controller.stopBalancer();
          }
          withdraw(home, controller);
        }
      }
      LoggerFactory.getLogger(ControllerMain.class)
          .atInfo()
          .addKeyValue("keepServing", keepServing)
          .addKeyValue(LogKeys.PATH, home.root())
          .log("stopped");
      Objects.requireNonNull(lock);
    }
  }

  private static Controller.Parts parts(
      HomeFolder home,
      ControllerConfig config,
      Store store,
      int port,
      Path dist,
      PrometheusMetrics metrics) {
    List<ProviderFactory> factories =
        ServiceLoader.load(ProviderFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    return new Controller.Parts(
        home,
        config,
        store,
        "http://127.0.0.1:" + port,
        factories,
        List.of(dist.resolve("bin/fleetserve-agent").toString()),
        AgentBundles.in(dist.resolve("lib/bundle")),
        Optional.of(dist.resolve("bin/fleetserve-loadbalancer")),
        SpecReader::read,
        metrics,
        Clock.systemUTC());
  }

  private static ApiServer.Tokens tokens(
      AccessToken operator, AccessToken balancer, Controller controller) {
    return new ApiServer.Tokens(
        operator,
        balancer,
        token -> controller.door().filter(door -> door.joins().isOpen(token)).isPresent());
  }

  /// The listeners beside the one on loopback.
  private record Servers(Map<String, ApiServer> all) implements AutoCloseable {
    void start() {
      all.forEach((address, server) -> listen(server, address));
    }

    @Override
    public void close() {
      all.values().forEach(ApiServer::close);
    }
  }

  private static Servers doors(
      Controller controller,
      AccessToken operator,
      AccessToken balancer,
      PrometheusMetrics metrics) {
    return new Servers(
        controller
            .door()
            .map(door ->
                Map.of(
                    door.bindHost() + ":" + door.port(),
                    new ApiServer(
                        new ApiServer.Listener(door.bindHost(), door.port(), door.context()),
                        ApiRoutes.ofAgents(controller),
                        tokens(operator, balancer, controller),
                        route -> metrics.requested(route.method(), route.path()))))
            .orElse(Map.of()));
  }

  private static void listen(ApiServer server, String address) {
    try {
      server.start();
    } catch (UncheckedIOException e) {
      throw new StartupException(
          "cannot listen on "
              + address
              + " ("
              + Objects.requireNonNull(e.getCause()).getMessage()
              + "); free the port, where agents"
              + " that run expect the controller, or start again when there are none",
          e);
    }
  }

  private static void announce(HomeFolder home, Controller controller) {
    try {
      OwnerOnlyFiles.replace(
          home.controllerInfo(), Json.MAPPER.writeValueAsString(controller.info()));
    } catch (IOException e) {
      throw new StartupException(
          "cannot write " + home.controllerInfo() + ": " + e.getMessage(), e);
    }
  }

  /// Takes the file back, unless a successor has written its own.
  private static void withdraw(HomeFolder home, Controller controller) {
    try {
      String text = Files.readString(home.controllerInfo());
      if (text.contains("\"pid\":" + controller.info().pid())) {
        Files.deleteIfExists(home.controllerInfo());
      }
    } catch (IOException ignored) {
      // Its pid is dead soon, which readers check.
    }
  }
}
