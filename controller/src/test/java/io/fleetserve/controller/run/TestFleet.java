package io.fleetserve.controller.run;

import io.fleetserve.api.spec.SpecReader;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.wire.AgentBoot;
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
import io.fleetserve.controller.identity.AgentDoor;
import io.fleetserve.controller.store.JdbiStore;
import io.fleetserve.controller.store.Store;
import io.fleetserve.controller.telemetry.PrometheusMetrics;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.CreateSpec;
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
  private final List<AgentBundle> bundles;
  private Optional<ApiServer> door = Optional.empty();
  private Store store;
  private Controller controller;
  private ApiServer server;
  private List<Route> routes;

  public TestFleet(Path folder) throws IOException {
    this(folder, "load_balancer: {first_port: " + freePort() + ", shared_port: 0}\n");
  }

  /// One whose replicas are on other machines.
  public static TestFleet remote(Path folder, List<AgentBundle> bundles) throws IOException {
    return new TestFleet(
        folder,
        "load_balancer: {first_port: " + freePort() + ", shared_port: 0}\n",
        null,
        new Capabilities(false, false, false, true, Duration.ZERO, Duration.ofMillis(50)),
        bundles);
  }

  TestFleet(Path folder, String config) throws IOException {
    this(folder, config, null);
  }

  /// @param other gives the machines; null means [#provider]
  TestFleet(Path folder, String config, @Nullable ProviderFactory other) throws IOException {
    this(
        folder,
        config,
        other,
        new Capabilities(false, true, false, false, Duration.ZERO, Duration.ofMillis(50)),
        List.of());
  }

  private TestFleet(
      Path folder,
      String config,
      @Nullable ProviderFactory other,
      Capabilities capabilities,
      List<AgentBundle> bundles)
      throws IOException {
    this.machines = other == null ? provider : other;
    this.bundles = bundles;
    provider.capabilities = capabilities;
    home = new HomeFolder(folder);
    home.create();
    Files.writeString(home.config(), config);
    store = new JdbiStore(home, 10_000);
    store.saveControllerPort(freePort());
    store.saveAgentPort(freePort());
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
            bundles,
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
    door =
        controller
            .door()
            .map(open ->
                new ApiServer(
                    new ApiServer.Listener(open.bindHost(), open.port(), open.context()),
                    ApiRoutes.ofAgents(controller),
                    tokens(),
                    route -> {}));
    door.ifPresent(ApiServer::start);
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
    door.ifPresent(ApiServer::close);
    controller.close();
  }

  void restart() {
    stop();
    store = new JdbiStore(home, 10_000);
    controller = open();
    server = serve();
  }

  /// What the agents of a service were started with, oldest first.
  public List<AgentBoot> boots(String service) {
    return provider.created.stream()
        .map(CreateSpec::boot)
        .filter(boot -> boot.service().equals(service))
        .toList();
  }

  /// Where agents on other machines are let in.
  public AgentDoor door() {
    return controller.door().orElseThrow();
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
