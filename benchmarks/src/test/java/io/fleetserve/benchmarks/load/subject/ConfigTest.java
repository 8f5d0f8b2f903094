package io.fleetserve.benchmarks.load.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ReplicaEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigTest {
  private static final List<Integer> BACKENDS = List.of(4001, 4002);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void nginxAcceptsItsConfiguration(int loops) throws IOException, InterruptedException {
    assumeTrue(!new NginxSubject().version().isEmpty(), "nginx is not installed");
    String text = NginxConfig.text(folder, new ProxySettings(FreePorts.next(), BACKENDS, loops));
    Path file = Files.writeString(folder.resolve("nginx.conf"), text);

    assertThat(run("nginx", "-t", "-p", folder.toString(), "-c", file.toString()))
        .contains("test is successful");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void haproxyAcceptsItsConfiguration(int loops) throws IOException, InterruptedException {
    assumeTrue(!new HaproxySubject().version().isEmpty(), "haproxy is not installed");
    String text = HaproxyConfig.text(new ProxySettings(FreePorts.next(), BACKENDS, loops));
    Path file = Files.writeString(folder.resolve("haproxy.cfg"), text);

    assertThat(run("haproxy", "-c", "-f", file.toString())).contains("valid");
  }

  @Test
  void bothAcceptTheirConfigurationWithTls() throws IOException, InterruptedException {
    assumeTrue(!new NginxSubject().version().isEmpty(), "nginx is not installed");
    assumeTrue(!new HaproxySubject().version().isEmpty(), "haproxy is not installed");
    ProxySettings settings =
        new ProxySettings(FreePorts.next(), BACKENDS, Certificate.make(folder), 1);
    Path nginx =
        Files.writeString(folder.resolve("nginx.conf"), NginxConfig.text(folder, settings));
    Path haproxy = Files.writeString(folder.resolve("haproxy.cfg"), HaproxyConfig.text(settings));

    assertThat(run("nginx", "-t", "-p", folder.toString(), "-c", nginx.toString()))
        .contains("test is successful");
    assertThat(run("haproxy", "-c", "-f", haproxy.toString())).contains("valid");
  }

  @Test
  void bothNameEveryBackendAndTheLoops() {
    ProxySettings settings = new ProxySettings(22_345, BACKENDS, 2);

    assertThat(NginxConfig.text(folder, settings))
        .contains("worker_processes 2;", "listen 127.0.0.1:22345 backlog=4096 reuseport;")
        .contains("server 127.0.0.1:4001", "server 127.0.0.1:4002", "zone replicas");
    assertThat(HaproxyConfig.text(settings))
        .contains("nbthread 2", "bind 127.0.0.1:22345")
        .contains("127.0.0.1:4001", "127.0.0.1:4002");
  }

  @Test
  void theSnapshotNamesEveryBackend() {
    EndpointSnapshot snapshot =
        FakeController.snapshotOf(new ProxySettings(22_345, BACKENDS, 1), false);

    assertThat(snapshot.complete()).isTrue();
    assertThat(snapshot.services())
        .singleElement()
        .satisfies(route -> {
          assertThat(route.listenPort()).isEqualTo(22_345);
          assertThat(route.endpoints()).extracting(ReplicaEndpoint::port).isEqualTo(BACKENDS);
        });
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
