package io.fleetserve.api.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import io.fleetserve.api.spec.ServiceSection.Drain;
import io.fleetserve.api.spec.ServiceSection.Hedge;
import io.fleetserve.api.spec.ServiceSection.Hold;
import io.fleetserve.api.spec.ServiceSection.Listen;
import io.fleetserve.api.spec.ServiceSection.Outlier;
import io.fleetserve.api.spec.ServiceSection.Overload;
import io.fleetserve.api.spec.ServiceSection.Restart;
import io.fleetserve.api.spec.ServiceSection.Retry;
import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSection.Routing;
import io.fleetserve.api.spec.ServiceSection.Timeouts;
import io.fleetserve.api.spec.ServiceSection.Tls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpecReaderTest {
  @Test
  void probeAsObjectWithEveryKey() {
    ReadinessProbe probe =
        Specs.service(
                """
                readiness_probe:
                  path: /v1/models
                  initial_delay_seconds: 60
                  timeout_seconds: 0.5
                  endpoint_probe_interval_seconds: 2
                  consecutive_failure_threshold_timeout: 30
                  post_data: {model: tiny, n: 1, stop: null}
                  headers: {Authorization: Bearer x, X-Number: 007}
                """)
            .readinessProbe();

    assertThat(probe)
        .isEqualTo(
            new ReadinessProbe(
                "/v1/models",
                "{\"model\":\"tiny\",\"n\":1,\"stop\":null}",
                Map.of("Authorization", "Bearer x", "X-Number", "007"),
                Duration.ofSeconds(60),
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                null));
  }

  @Test
  void postDataAsText() {
    assertThat(
            Specs.service("readiness_probe: {path: /, post_data: ' {\"a\": 1} '}")
                .readinessProbe()
                .postData())
        .isEqualTo("{\"a\": 1}");
  }

  @Test
  void probeByGrpc() {
    assertThat(Specs.service("readiness_probe: {grpc: {}}").readinessProbe().grpcService())
        .isEmpty();
    assertThat(
            Specs.service("readiness_probe: {grpc: {service: a.B}}").readinessProbe().grpcService())
        .isEqualTo("a.B");
  }

  @Test
  void ourOwnSections() {
    ServiceSection section =
        Specs.service(
            """
            hold: {max_wait_seconds: 1.5, max_requests: 7, max_bytes: 1KiB}
            drain: {timeout_seconds: 0, grace_seconds: 1}
            retry: {attempts: 1, budget: 0, idempotent_only: off}
            outlier:
              consecutive_failures: 2
              max_ejected_fraction: 1
              failure_fraction: 0.1
              min_requests: 4
              window_seconds: 5
              stdev_factor: 2.5
              base_ejection_seconds: 90
              panic_fraction: 0
            routing:
              session_header: X-Session-Id
              session_cookie: Sid
              weights: {H100: 2, "A100:4": 0.5}
              max_in_flight: 8
              slow_start_seconds: 0
              protocol: H2C
            rollout: {mode: Blue_Green, max_surge: 0, max_unavailable: 2}
            restart: {policy: on_failure, max_restarts: 0}
            listen: {port: 8000, hosts: [LLM.example.org, llm]}
            load_balancer:
              stream_timeout_seconds: 7
              request_timeout_seconds: 600
              first_byte_timeout_seconds: 2.5
            overload: {max_wait_seconds: 3, fair_header: X-User}
            hedge: {quantile: 0.95, idempotent_only: false}
            """);

    assertThat(section.hold()).isEqualTo(new Hold(Duration.ofMillis(1500), 7, 1024));
    assertThat(section.drain()).isEqualTo(new Drain(Duration.ZERO, Duration.ofSeconds(1)));
    assertThat(section.retry()).isEqualTo(new Retry(1, 0, false));
    assertThat(section.outlier())
        .isEqualTo(
            new Outlier(
                2,
                1,
                0.1,
                4,
                Duration.ofSeconds(5),
                2.5,
                Duration.ofSeconds(90),
                Duration.ofSeconds(90),
                0));
    assertThat(section.routing())
        .isEqualTo(
            new Routing(
                "x-session-id",
                "Sid",
                Map.of("H100", 2.0, "A100:4", 0.5),
                8,
                Duration.ZERO,
                ReplicaProtocol.H2C,
                null));
    assertThat(section.rollout()).isEqualTo(new Rollout(Rollout.Mode.BLUE_GREEN, 0, 2));
    assertThat(section.restart()).isEqualTo(new Restart(Restart.Policy.ON_FAILURE, 0));
    assertThat(section.listen()).isEqualTo(new Listen(8000, List.of("llm.example.org", "llm")));
    assertThat(section.streamTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(section.timeouts())
        .isEqualTo(new Timeouts(Duration.ofSeconds(600), Duration.ofMillis(2500)));
    assertThat(section.overload()).isEqualTo(new Overload(Duration.ofSeconds(3), "x-user"));
    assertThat(section.hedge()).isEqualTo(new Hedge(null, 0.95, false));
    assertThat(Specs.service("hedge: {after_seconds: 0.2}").hedge())
        .isEqualTo(new Hedge(Duration.ofMillis(200), null, true));
  }

  @Test
  void qpsTargetsByAcceleratorTakeEveryRealName() {
    ServiceSection section =
        Specs.service(
            """
            load_balancing_policy: INSTANCE_AWARE_LEAST_LOAD
            replica_policy:
              min_replicas: 0
              max_replicas: 4
              target_qps_per_replica: {H100: 5, "A100-80GB:2": 2.5, tpu-v5litepod-8: 3}
            """);

    assertThat(section.loadBalancingPolicy())
        .isEqualTo(LoadBalancingPolicy.INSTANCE_AWARE_LEAST_LOAD);
    assertThat(section.replicaPolicy().targetQps())
        .isEqualTo(
            new TargetQps.ByAccelerator(
                Map.of("H100", 5.0, "A100-80GB:2", 2.5, "tpu-v5litepod-8", 3.0)));
  }

  @Test
  void spotPolicyWithEveryKey() {
    ServiceSpec spec =
        Specs.read(
            """
            service:
              replica_policy:
                min_replicas: 2
                max_replicas: 5
                num_overprovision: 1
                target_qps_per_replica: 0.5
                upscale_delay_seconds: 10
                downscale_delay_seconds: 20
                dynamic_ondemand_fallback: true
                base_ondemand_fallback_replicas: 1
                spot_placer: dynamic_fallback
            resources:
              use_spot: true
              any_of: [{infra: aws/us-east-1}, {infra: gcp}]
            run: x
            """);

    assertThat(spec.service().replicaPolicy())
        .isEqualTo(
            new ReplicaPolicy(
                2,
                5,
                1,
                new TargetQps.Uniform(0.5),
                null,
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                true,
                1,
                "dynamic_fallback"));
    assertThat(spec.resources()).allMatch(Resources::useSpot);
  }

  @Test
  void pathsAreResolvedAgainstTheCallersFolderAndHome() {
    String home = System.getProperty("user.home");
    ServiceSpec spec =
        Specs.read(
            """
            workdir: ./models/../app
            file_mounts:
              /a: data
              ~/b: ~/c
              /d: s3://bucket/dir
              /e: {name: ckpt, store: gcs, mode: mount_cached}
            service: {tls: {keyfile: k.pem, certfile: /etc/c.pem}}
            run: x
            """);

    assertThat(spec.workdir()).isEqualTo(new Workdir.LocalFolder("/base/app"));
    assertThat(spec.fileMounts())
        .containsOnly(
            entry("/a", new FileMount.LocalPath("/base/data")),
            entry("~/b", new FileMount.LocalPath(home + "/c")),
            entry("/d", new FileMount.Remote("s3://bucket/dir", null, "COPY")),
            entry("/e", new FileMount.Remote("ckpt", "gcs", "MOUNT_CACHED")));
    assertThat(spec.service().tls())
        .isEqualTo(new Tls("/base/k.pem", "/etc/c.pem", null, ClientAuth.NONE));
  }

  @Test
  void tlsOnBothSides() {
    ServiceSection section =
        Specs.service(
            """
            tls: {keyfile: /k, certfile: /c, client_ca: /a}
            routing: {protocol: h2, tls: {ca_file: /ca.pem, server_name: model.internal}}
            """);

    assertThat(section.tls()).isEqualTo(new Tls("/k", "/c", "/a", ClientAuth.REQUIRE));
    assertThat(section.routing().protocol()).isEqualTo(ReplicaProtocol.H2);
    assertThat(section.routing().tls())
        .isEqualTo(new ReplicaTls(true, "/ca.pem", "model.internal"));
    assertThat(Specs.service("routing: {protocol: h2}").routing().tls())
        .isEqualTo(ReplicaTls.DEFAULT);
    assertThat(Specs.service("routing: {tls: {verify: false}}").routing().tls())
        .isEqualTo(new ReplicaTls(false, null, null));
  }

  @Test
  void gitWorkdir() {
    assertThat(
            Specs.read("workdir: {url: https://example.org/r.git, ref: 1234567}\nrun: x").workdir())
        .isEqualTo(new Workdir.Git("https://example.org/r.git", "1234567"));
  }

  @Test
  void spotSectionWithEveryKey() {
    ServiceSpec spec =
        Specs.read(
            """
            service: {spot: {policy: Hedge, availability_target: 0.995}}
            resources: {use_spot: true}
            run: x
            """);

    assertThat(spec.service().spot()).isEqualTo(new SpotMix(SpotMix.Policy.HEDGE, 0.995, true));
  }

  @Test
  void keysThatOnlySomePlacesCanRunAreKeptAsWritten() {
    ServiceSpec spec =
        Specs.read(
            """
            volumes: {/cache: weights}
            config: {docker: {run_options: [--ipc=host]}}
            event_callback: echo
            api_server_access: true
            run: x
            """);

    assertThat(spec.other())
        .containsOnly(
            entry("volumes", Map.of("/cache", "weights")),
            entry("config", Map.of("docker", Map.of("run_options", List.of("--ipc=host")))),
            entry("event_callback", "echo"));
  }

  @Test
  void environmentIsTheTextAsWritten() {
    ServiceSpec spec =
        Specs.read("envs: {A: 007, B: yes, C: 1.50, D: ~/x, E: '', F: True}\nrun: x");

    assertThat(spec.envs())
        .containsOnly(
            entry("A", "007"),
            entry("B", "yes"),
            entry("C", "1.50"),
            entry("D", "~/x"),
            entry("E", ""),
            entry("F", "True"));
  }

  @Test
  void givenValuesWinAndFillTheServiceSection() {
    ServiceSpec spec =
        Specs.read(
            """
            envs: {COUNT: 1, MODEL: null, FOLDER: x}
            secrets: {TOKEN: null}
            service:
              readiness_probe:
                path: /models/${MODEL}?key=$TOKEN
                post_data: {model: $MODEL, cost: $5}
                headers: {Authorization: Bearer $TOKEN, Also: $UNKNOWN}
              replicas: $COUNT
              retry: {idempotent_only: $FLAG}
            workdir: /srv/$FOLDER/$TOKEN
            run: echo $COUNT
            """,
            Map.of("COUNT", "3", "MODEL", "tiny", "FLAG", "false"),
            Map.of("TOKEN", "t0p$COUNT"));

    assertThat(spec.envs())
        .isEqualTo(Map.of("COUNT", "3", "MODEL", "tiny", "FOLDER", "x", "FLAG", "false"));
    assertThat(spec.secrets()).isEqualTo(Map.of("TOKEN", new Secret("t0p$COUNT")));
    assertThat(spec.service().replicaPolicy().minReplicas()).isEqualTo(3);
    assertThat(spec.service().retry().idempotentOnly()).isFalse();
    ReadinessProbe probe = spec.service().readinessProbe();
    assertThat(probe.path()).isEqualTo("/models/tiny?key=t0p$COUNT");
    assertThat(probe.postData()).isEqualTo("{\"model\":\"tiny\",\"cost\":\"$5\"}");
    assertThat(probe.headers())
        .isEqualTo(Map.of("Authorization", "Bearer t0p$COUNT", "Also", "$UNKNOWN"));
    assertThat(spec.workdir()).isEqualTo(new Workdir.LocalFolder("/srv/x/$TOKEN"));
    assertThat(spec.run()).isEqualTo("echo $COUNT");
    assertThat(spec.toString()).doesNotContain("t0p");
  }

  @Test
  void secretGivenForANameInEnvsIsASecret() {
    ServiceSpec spec =
        Specs.read("envs: {A: , B: 1}\nrun: x", Map.of(), Map.of("A", "hidden", "B", "hidden"));

    assertThat(spec.envs()).isEmpty();
    assertThat(spec.secrets()).containsOnlyKeys("A", "B");
  }

  @Test
  void secretMustNotBeGivenAsAnEnv() {
    assertThatThrownBy(
            () -> Specs.read("secrets: {A: , B: x}\nrun: x", Map.of("A", "1", "B", "2"), Map.of()))
        .hasMessage(
            """
            s.yaml:1:11: secrets.A: a secret, but given with --env (give it with --secret A=...)
            s.yaml:1:16: secrets.B: a secret, but given with --env (give it with --secret B=...)\
            """);
  }

  @Test
  void givenNamesMustBeVariableNames() {
    assertThatThrownBy(() -> Specs.read("run: x", Map.of("A B", "v4lue"), Map.of()))
        .isInstanceOf(SpecException.class)
        .hasMessage(
            "s.yaml: --env A B: not a variable name"
                + " (expected: letters, digits and _, no digit first)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"service:", "resources:", "setup:", "envs:", "file_mounts: ~", "workdir: null"})
  void keyWithoutValueIsAsNotGiven(String line) {
    assertThat(Specs.read(line + "\nrun: x")).isEqualTo(Specs.read("run: x"));
  }

  @Test
  void anchorsAndMergeKeys() {
    ServiceSpec spec =
        Specs.read(
            """
            envs: &base {A: 1, B: 2}
            config:
              <<: *base
              A: 3
            run: x
            """);

    assertThat(spec.other()).containsEntry("config", Map.of("A", 3L, "B", 2L));
  }

  @Test
  void byteOrderMarkAndWindowsLineEnds() {
    assertThat(Specs.read("\uFEFFrun: x\r\nname: a\r\n").name()).isEqualTo("a");
  }
}
