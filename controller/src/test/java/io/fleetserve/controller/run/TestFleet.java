package io.fleetserve.controller.run;

import io.fleetserve.api.spec.SpecReader;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.Problem;
import io.fleetserve.api.wire.ServiceRequest;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.controller.home.AccessToken;
import io.fleetserve.controller.home.ConfigReader;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.http.ApiRoutes;
import io.fleetserve.controller.http.ApiServer;
import io.fleetserve.controller.http.Route;
import io.fleetserve.controller.store.JdbiStore;
import io.fleetserve.controller.store.Store;
import io.fleetserve.controller.telemetry.PrometheusMetrics;
import io.fleetserve.provider.ProviderFactory;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A controller with its API on a real port, a fake provider, and a client. [#restart] ends the
/// controller and starts another one on the same home, as a crash does.
public final class TestFleet implements AutoCloseable {
  private final HomeFolder home;
  private final HttpClient client = HttpClient.newHttpClient();
  final FakeProvider provider = new FakeProvider();
  private final ProviderFactory machines;
  private Store store;
  private Controller controller;
  private ApiServer server;
  private List<Route> routes;

  public TestFleet(Path folder) throws IOException {
    this(folder, "load_balancer: {first_port: " + freePort() + ", shared_port: 0}\n");
  }

  TestFleet(Path folder, String config) throws IOException {
    this(folder, config, null);
  }

  /// @param other gives the machines; null means [#provider]
  TestFleet(Path folder, String config, @Nullable ProviderFactory other) throws IOException {
    machines = other == null ? provider : other;
    home = new HomeFolder(folder);
    home.create();
    Files.writeString(home.config(), config);
    store = new JdbiStore(home, 10_000);
    store.saveControllerPort(freePort());
    routes = List.of();
    controller = open();
    server = serve();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Controller open() {
    return new Controller(
        new Controller.Parts(
            home,
            ConfigReader.read(home.config()),
            store,
            "http://127.0.0.1:" + store.controllerPort(),
            List.of(machines),
            List.of(),
            List.of(),
            Optional.empty(),
            SpecReader::read,
            new PrometheusMetrics(),
            Clock.systemUTC()));
  }

  private ApiServer serve() {
    routes = ApiRoutes.of(controller, new StopSignal(), () -> "metrics 1\n");
    ApiServer fresh =
        new ApiServer(
            ApiServer.Listener.loopback(store.controllerPort()), routes, tokens(), route -> {});
    fresh.start();
    controller.start();
    return fresh;
  }

  private ApiServer.Tokens tokens() {
    return new ApiServer.Tokens(
        AccessToken.in(home.token()),
        AccessToken.in(home.loadBalancerToken()),
        token -> controller.door().filter(door -> door.joins().isOpen(token)).isPresent());
  }

  /// Ends the controller; machines and load balancers go on.
  void stop() {
    server.close();
    controller.close();
  }

  void restart() {
    stop();
    store = new JdbiStore(home, 10_000);
    controller = open();
    server = serve();
  }

  public List<Route> routes() {
    return routes;
  }

  public HomeFolder home() {
    return home;
  }

  public String url() {
    return server.url();
  }

  FakeBalancer balancer() throws IOException {
    return new FakeBalancer(url(), Files.readString(home.loadBalancerToken()).strip());
  }

  public String token() throws IOException {
    return Files.readString(home.token()).strip();
  }

  public HttpRequest.Builder request(String path) throws IOException {
    return HttpRequest.newBuilder(URI.create(url() + "/api/v1" + path))
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + token());
  }

  public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  public HttpResponse<Stream<String>> lines(HttpRequest request)
      throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofLines());
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  public HttpResponse<String> post(String path, Object body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .POST(HttpRequest.BodyPublishers.ofString(Json.MAPPER.writeValueAsString(body)))
            .build());
  }

  public HttpResponse<String> delete(String path) throws IOException, InterruptedException {
    return send(request(path).DELETE().build());
  }

  /// A service file with the given `service:` section.
  public static ServiceRequest file(String name, String section, String run) {
    String yaml = "name: " + name + "\nservice:\n" + section.indent(2) + "run: " + run + "\n";
    return new ServiceRequest(
        null, new SpecSource("service.yaml", yaml, "/tmp", Map.of(), Map.of()), null);
  }

  HttpResponse<String> up(String name, String section) throws IOException, InterruptedException {
    return post("/services", file(name, section, "exec server"));
  }

  ServiceView view(String name) {
    try {
      return Json.MAPPER.readValue(get("/services/" + name).body(), ServiceView.class);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  boolean exists(String name) {
    return controller.services().list().stream().anyMatch(view -> view.name().equals(name));
  }

  public static Problem problem(HttpResponse<String> answer) {
    return Json.MAPPER.readValue(answer.body(), Problem.class);
  }

  @Override
  public void close() {
    provider.killAll();
    stop();
    client.shutdownNow();
  }
}
