package io.fleetserve.controller.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.config.SettingPlaces;
import io.fleetserve.api.spec.ClientAuth;
import io.fleetserve.api.wire.LoadBalancerBoot.ForwardedHeaders;
import io.fleetserve.api.wire.LoadBalancerBoot.Limits;
import io.fleetserve.api.wire.LoadBalancerBoot.Options;
import io.fleetserve.api.wire.LoadBalancerBoot.Tracing;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.api.wire.TlsRule.Certificate;
import io.fleetserve.api.wire.TransportKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigReaderTest {
  private static final Options PINNED =
      new Options(
          600_000,
          null,
          new Limits(0, 0, 0, 128, 32_768, 100),
          List.of(),
          ForwardedHeaders.X_FORWARDED,
          null,
          List.of());
  private static final Options CHOSEN =
      new Options(
          60_000,
          null,
          new Limits(5, 4, 3, 2, 65_536, 200),
          List.of("10.0.0.0/8", "::1"),
          ForwardedHeaders.BOTH,
          new Tracing("http://c:4318/v1/traces", 0.5),
          List.of("192.0.2.0/24"));

  @Test
  void wrongOptionsOfTheLoadBalancerAreToldWithTheirPlace() {
    assertThatThrownBy(() ->
            ConfigReader.parse(
                "config.yaml",
                """
                load_balancer:
                  trusted_proxies: [10.0.0.0/8, 10.0.0.1/8, host]
                  forwarded_headers: none
                  limits: {connections: -1, conections: 2}
                  tracing: {sample_ratio: 2}
                  tunnel: {address: lb, prt: 1}
                """))
        .hasMessageContainingAll(
            "config.yaml:2:33: load_balancer.trusted_proxies: 10.0.0.1/8 (expected: addresses",
            "config.yaml:2:45: load_balancer.trusted_proxies: host",
            "config.yaml:3:22: load_balancer.forwarded_headers: none (expected: x_forwarded,",
            "config.yaml:4:25: load_balancer.limits.connections: -1 (expected: a whole number 0..",
            "load_balancer.limits.conections: unknown key (did you mean connections?)",
            "config.yaml:6:21: load_balancer.tunnel.address: lb (expected: HOST:PORT as agents",
            "load_balancer.tunnel.prt: unknown key (did you mean port?)",
            "config.yaml:5:12: load_balancer.tracing.endpoint: is missing (expected: URL",
            "load_balancer.tracing.sample_ratio: 2 (expected: a number 0..1)");
  }

  @Test
  void agentsMayBeLetInByTheTunnelsAddressWhereThereIsOne() {
    ControllerConfig config =
        ConfigReader.parse(
            "config.yaml", "controller: {agents: {url: tunnel}}\nload_balancer: {tunnel: {}}\n");

    assertThat(config.controller().agents())
        .isEqualTo(new ControllerConfig.Agents("127.0.0.1", 0, "", true, Duration.ofHours(24)));
    assertThatThrownBy(
            () -> ConfigReader.parse("config.yaml", "controller: {agents: {url: tunnel}}\n"))
        .hasMessage(
            "config.yaml:1:28: controller.agents.url: tunnel (expected: https://HOST:PORT, or"
                + " load_balancer.tunnel set beside this)");
    assertThatThrownBy(
            () -> ConfigReader.parse("config.yaml", "controller: {agents: {url: tunel}}\n"))
        .hasMessageContaining("config.yaml:1:28: controller.agents.url: tunel (expected: https");
  }

  @Test
  void missingFileAndEmptyFileMeanTheDefaults() {
    ControllerConfig pinned =
        new ControllerConfig(
            new ControllerConfig.Api(
                0, new ControllerConfig.Agents("127.0.0.1", 0, "", false, Duration.ofHours(24))),
            new ControllerConfig.Balancer(
                30001, 30000, "127.0.0.1", 0, TransportKind.AUTO, PINNED, null),
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
            controller:
              port: 8080
              agents: {bind_host: 0.0.0.0, port: 8443, url: "https://c:8443", certificate_seconds: 60}
            load_balancer:
              {first_port: 9000, shared_port: 0, bind_host: 0.0.0.0, admin_port: 9100, transport: epoll,
               drain_seconds: 60, trusted_proxies: [10.0.0.0/8, "::1"], forwarded_headers: both,
               limits: {connections: 5, connections_per_port: 4, connections_per_client: 3, body_bytes_per_minute: 2,
                        header_bytes: 65536, header_fields: 200},
               proxy_protocol: [192.0.2.0/24],
               tunnel: {bind_host: 0.0.0.0, port: 8444, address: "lb:8444"},
               tracing: {endpoint: "http://c:4318/v1/traces", sample_ratio: 0.5}}
            providers:
              local: {enabled: false, slots: 4}
            history: {failed_replicas: 3, events: 500}
            logs: {replica_bytes: 1MiB, access_bytes: 2GB, program_bytes: 65536}
            """);

    assertThat(config)
        .isEqualTo(
            new ControllerConfig(
                new ControllerConfig.Api(
                    8080,
                    new ControllerConfig.Agents(
                        "0.0.0.0", 8443, "https://c:8443", false, Duration.ofMinutes(1))),
                new ControllerConfig.Balancer(
                    9000,
                    0,
                    "0.0.0.0",
                    9100,
                    TransportKind.EPOLL,
                    CHOSEN,
                    new ControllerConfig.Tunnel("0.0.0.0", 8444, "lb:8444")),
                Map.of(
                    "local",
                    new ControllerConfig.Provider(
                        false,
                        Map.of("slots", 4L),
                        new SettingPlaces(
                            Map.of("", "13:10", "enabled", "13:20", "slots", "13:34")))),
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
