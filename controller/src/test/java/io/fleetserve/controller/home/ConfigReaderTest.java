package io.fleetserve.controller.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.wire.LoadBalancerBoot.Options;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.api.wire.TlsRule.Certificate;
import io.fleetserve.api.wire.TlsRule.ClientAuth;
import io.fleetserve.api.wire.TransportKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigReaderTest {
  @Test
  void missingFileAndEmptyFileMeanTheDefaults() {
    ControllerConfig pinned =
        new ControllerConfig(
            new ControllerConfig.Api(0),
            new ControllerConfig.Balancer(
                30001, 30000, "127.0.0.1", 0, TransportKind.AUTO, new Options(600_000, null)),
            Map.of(),
            new ControllerConfig.History(20, 10_000),
            new ControllerConfig.Logs(67_108_864, 268_435_456, 33_554_432));

    assertThat(ConfigReader.read(Path.of("/nonexistent/config.yaml"))).isEqualTo(pinned);
    assertThat(ConfigReader.parse("config.yaml", "")).isEqualTo(pinned);
    assertThat(ConfigReader.parse("config.yaml", "# nothing\n")).isEqualTo(pinned);
    assertThat(pinned.provider("local").enabled()).isTrue();
  }

  @Test
  void everyKeyIsRead() {
    ControllerConfig config =
        ConfigReader.parse(
            "config.yaml",
            """
            controller: {port: 8080}
            load_balancer:
              {first_port: 9000, shared_port: 0, bind_host: 0.0.0.0, admin_port: 9100, transport: epoll,
               drain_seconds: 60}
            providers:
              local: {enabled: false, slots: 4}
            history: {failed_replicas: 3, events: 500}
            logs: {replica_bytes: 1MiB, access_bytes: 2GB, program_bytes: 65536}
            """);

    assertThat(config)
        .isEqualTo(
            new ControllerConfig(
                new ControllerConfig.Api(8080),
                new ControllerConfig.Balancer(
                    9000, 0, "0.0.0.0", 9100, TransportKind.EPOLL, new Options(60_000, null)),
                Map.of("local", new ControllerConfig.Provider(false, Map.of("slots", 4L))),
                new ControllerConfig.History(3, 500),
                new ControllerConfig.Logs(1 << 20, 2_000_000_000L, 65536)));
  }

  @Test
  void certificatesOfTheSharedPortAreRead() {
    ControllerConfig config =
        ConfigReader.parse(
            "/home/config.yaml",
            """
            load_balancer:
              tls:
                certificates:
                  - {certfile: a.pem, keyfile: /keys/a.key}
                  - {hosts: [LLM.example.org, "*.example.org"], certfile: b.pem, keyfile: b.key}
                client_ca: ca.pem
                client_auth: request
                min_version: 1.3
            """);

    assertThat(config.loadBalancer().options().tls())
        .isEqualTo(
            new TlsRule(
                List.of(
                    new Certificate(List.of(), "/home/a.pem", "/keys/a.key"),
                    new Certificate(
                        List.of("llm.example.org", "*.example.org"), "/home/b.pem", "/home/b.key")),
                "/home/ca.pem",
                ClientAuth.REQUEST,
                true));
  }

  @Test
  void certificatesThatCannotBeMeantAreRefused() {
    assertThatThrownBy(() ->
            ConfigReader.parse(
                "config.yaml",
                """
                load_balancer:
                  tls:
                    certificates:
                      - {hosts: ["a b"], certfile: a.pem}
                    client_auth: require
                    min_version: 1.1
                """))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            """
            config.yaml:4:9: load_balancer.tls.certificates[0].keyfile: missing (expected: path of a PEM file)
            config.yaml:4:18: load_balancer.tls.certificates[0].hosts: a b (expected: a host name such as llm.example.org or *.example.org)
            config.yaml:5:18: load_balancer.tls.client_auth: require (expected: none, without client_ca)
            config.yaml:6:18: load_balancer.tls.min_version: 1.1 (expected: 1.2, 1.3)\
            """);
  }

  @Test
  void everyErrorHasItsPlaceValueAndTheNearestKeyInFileOrder() {
    assertThatThrownBy(() ->
            ConfigReader.parse(
                "config.yaml",
                """
                load_balancer:
                  frist_port: 1
                  shared_port: 70000
                  transport: kqueue
                logs: {replica_bytes: tiny}
                contoller: {}
                history: 7
                """))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            """
            config.yaml:2:3: load_balancer.frist_port: unknown key (did you mean first_port?)
            config.yaml:3:16: load_balancer.shared_port: 70000 (expected: a whole number 0..65535)
            config.yaml:4:14: load_balancer.transport: kqueue (expected: auto, io_uring, epoll, nio)
            config.yaml:5:23: logs.replica_bytes: tiny (expected: a size of at least 4KiB, for example 64MiB)
            config.yaml:6:1: contoller: unknown key (did you mean controller?)
            config.yaml:7:10: history: 7 (expected: keys and values)\
            """);
  }

  @Test
  void whatIsNoYamlIsNamedWithItsPlace() {
    assertThatThrownBy(() -> ConfigReader.parse("config.yaml", "a: [1\nb: 2\n"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("config.yaml:");
  }
}
