package io.fleetserve.loadbalancer.control;

import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.LoadBalancer;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.testing.replica.FakeReplica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A whole load balancer in a folder of its own, with a fake controller that routes the service
/// `svc` to one replica.
final class Standing implements AutoCloseable {
  final Path folder;
  final int port = freePort();
  final FakeReplica replica = FakeReplica.start("r1");
  final FakeController controller;
  final LoadBalancer balancer;
  private final HttpClient http = HttpClient.newHttpClient();

  /// @param folder keeps the files of the load balancer; the controller's lie beside it
  Standing(Path folder, int sharedPort, int adminPort) throws IOException {
    this(folder, sharedPort, adminPort, LoadBalancerBoot.Options.DEFAULT);
  }

  Standing(Path folder, int sharedPort, int adminPort, LoadBalancerBoot.Options options)
      throws IOException {
    this.folder = folder;
    Path beside = folder.resolveSibling(folder.getFileName() + "-controller");
    Files.createDirectories(beside);
    Files.writeString(beside.resolve("token"), "secret\n");
    controller = new FakeController(beside.resolve("controller.json"));
    LoadBalancerBoot boot =
        new LoadBalancerBoot(
            "lb-1",
            folder.toString(),
            beside.resolve("controller.json").toString(),
            beside.resolve("token").toString(),
            "127.0.0.1",
            sharedPort,
            adminPort,
            TransportKind.AUTO,
            folder.resolve("access.log").toString(),
            1 << 20,
            options,
            null);
    balancer =
        LoadBalancer.start(boot, ProxySettings.of(options, 1000), System.currentTimeMillis());
    route(1);
    await().atMost(Duration.ofSeconds(10)).until(() -> serves(port));
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void route(long generation) {
    controller.send(
        "snapshot",
        new EndpointSnapshot(
            "i",
            generation,
            true,
            List.of(
                Routes.route(
                    "svc",
                    port,
                    List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", replica.port(), null, false)),
                    null))));
  }

  boolean serves(int at) {
    try {
      return get("http://127.0.0.1:" + at + "/").statusCode() != 0;
    } catch (IOException e) {
      return false;
    }
  }

  HttpResponse<String> get(String url) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    try {
      balancer.stop(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    controller.close();
    replica.close();
    http.close();
  }
}
