package io.fleetserve.api.spec;

import io.fleetserve.api.spec.ServiceSection.Drain;
import io.fleetserve.api.spec.ServiceSection.Hedge;
import io.fleetserve.api.spec.ServiceSection.Hold;
import io.fleetserve.api.spec.ServiceSection.Listen;
import io.fleetserve.api.spec.ServiceSection.Overload;
import io.fleetserve.api.spec.ServiceSection.Restart;
import io.fleetserve.api.spec.ServiceSection.Retry;
import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSection.Timeouts;
import io.fleetserve.api.spec.ServiceSection.Tls;
import io.fleetserve.api.unit.ByteSize;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the `service:` section. Types and ranges were checked by the schema; here are the rules
/// between keys.
final class ServiceReader {
  private static final Duration STREAM_TIMEOUT = Duration.ofSeconds(120);
  private static final Pattern HOST =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*");

  private final Section service;
  private final LocalPaths paths;

  ServiceReader(Section service, LocalPaths paths) {
    this.service = service;
    this.paths = paths;
  }

  /// Reads the section; the resources are there for the port rule.
  ServiceSection read(Section resourcesSection, List<Resources> candidates) {
    ReplicaPolicy policy = ReplicaPolicyReader.read(service);
    return new ServiceSection(
        ProbeReader.read(service),
        policy,
        loadBalancingPolicy(),
        Ports.routed(service, resourcesSection, candidates),
        service
            .sectionOrEmpty("load_balancer")
            .seconds("stream_timeout_seconds")
            .orElse(STREAM_TIMEOUT),
        tls(),
        service.section("autoscaling").flatMap(AutoscalingReader::read).orElse(null),
        hold(service.sectionOrEmpty("hold")),
        drain(service.sectionOrEmpty("drain")),
        retry(service.sectionOrEmpty("retry")),
        OutlierReader.read(service.sectionOrEmpty("outlier")),
        rollout(service.sectionOrEmpty("rollout")),
        restart(service.sectionOrEmpty("restart")),
        listen(service.sectionOrEmpty("listen")),
        RoutingReader.read(service.sectionOrEmpty("routing"), paths),
        timeouts(service.sectionOrEmpty("load_balancer")),
        overload(service.sectionOrEmpty("overload")),
        hedge(service.sectionOrEmpty("hedge")),
        SpotReader.read(service),
        service.constant("network", NetworkMode.class).orElse(NetworkMode.AUTO));
  }

  private LoadBalancingPolicy loadBalancingPolicy() {
    LoadBalancingPolicy policy =
        service
            .constant("load_balancing_policy", LoadBalancingPolicy.class)
            .orElse(LoadBalancingPolicy.LEAST_LOAD);
    boolean byAccelerator =
        service.sectionOrEmpty("replica_policy").section("target_qps_per_replica").isPresent();
    boolean instanceAware = policy == LoadBalancingPolicy.INSTANCE_AWARE_LEAST_LOAD;
    boolean sure = !service.problems().reported("service.load_balancing_policy");
    if (instanceAware && !byAccelerator) {
      service.wrong(
          "load_balancing_policy",
          " needs target_qps_per_replica by accelerator (expected: a mapping such as {H100: 4})");
    } else if (byAccelerator && !instanceAware && sure) {
      service
          .sectionOrEmpty("replica_policy")
          .wrongKey(
              "target_qps_per_replica",
              "by accelerator needs load_balancing_policy: instance_aware_least_load");
    }
    return policy;
  }

  private @Nullable Tls tls() {
    Section tls = service.sectionOrEmpty("tls");
    Optional<String> key = paths.pemFile(tls, "keyfile");
    Optional<String> certificate = paths.pemFile(tls, "certfile");
    Optional<String> authority = paths.pemFile(tls, "client_ca");
    ClientAuth auth =
        tls.constant("client_auth", ClientAuth.class)
            .orElse(tls.has("client_ca") ? ClientAuth.REQUIRE : ClientAuth.NONE);
    if (auth != ClientAuth.NONE && !tls.has("client_ca")) {
      tls.wrong("client_auth", " needs client_ca (expected: none, or a client_ca)");
    }
    return key.isPresent() && certificate.isPresent()
        ? new Tls(key.get(), certificate.get(), authority.orElse(null), auth)
        : null;
  }

  private static Hold hold(Section section) {
    return new Hold(
        section.seconds("max_wait_seconds").orElse(Hold.DEFAULT.maxWait()),
        section.integer("max_requests").orElse(Hold.DEFAULT.maxRequests()),
        bytes(section, "max_bytes").orElse(Hold.DEFAULT.maxBytes()));
  }

  private static Optional<Long> bytes(Section section, String key) {
    if (!(section.value(key).orElse(null) instanceof Scalar scalar)
        || scalar.value() == null
        || scalar.value() instanceof Boolean) {
      return Optional.empty();
    }
    try {
      return Optional.of(ByteSize.parse(String.valueOf(scalar.value())).bytes());
    } catch (IllegalArgumentException ignored) {
      section.wrong(key, " is no size (expected: a size such as 64MiB, 4GB or 1024)");
      return Optional.empty();
    }
  }

  private static Drain drain(Section section) {
    return new Drain(
        section.seconds("timeout_seconds").orElse(Drain.DEFAULT.timeout()),
        section.seconds("grace_seconds").orElse(Drain.DEFAULT.grace()));
  }

  private static Retry retry(Section section) {
    return new Retry(
        section.integer("attempts").orElse(Retry.DEFAULT.attempts()),
        section.number("budget").orElse(Retry.DEFAULT.budget()),
        section.flag("idempotent_only").orElse(Retry.DEFAULT.idempotentOnly()));
  }

  private static Timeouts timeouts(Section section) {
    return new Timeouts(
        section.seconds("request_timeout_seconds").orElse(null),
        section.seconds("first_byte_timeout_seconds").orElse(null));
  }

  private static Overload overload(Section section) {
    return new Overload(
        section.seconds("max_wait_seconds").orElse(Overload.DEFAULT.maxWait()),
        section.text("fair_header").map(name -> name.toLowerCase(Locale.ROOT)).orElse(null));
  }

  private static Hedge hedge(Section section) {
    if (section.has("after_seconds") && section.has("quantile")) {
      section.wrongKey("quantile", "not together with after_seconds (expected: one of the two)");
      return Hedge.OFF;
    }
    return new Hedge(
        section.seconds("after_seconds").orElse(null),
        section.number("quantile").orElse(null),
        section.flag("idempotent_only").orElse(Hedge.OFF.idempotentOnly()));
  }

  private static Rollout rollout(Section section) {
    int surge = section.integer("max_surge").orElse(Rollout.DEFAULT.maxSurge());
    int missing = section.integer("max_unavailable").orElse(Rollout.DEFAULT.maxUnavailable());
    if (surge + missing == 0) {
      section.wrong(
          "max_surge", " with max_unavailable 0 allows no step (expected: one of them above 0)");
      return Rollout.DEFAULT;
    }
    return new Rollout(
        section.constant("mode", Rollout.Mode.class).orElse(Rollout.DEFAULT.mode()),
        surge,
        missing);
  }

  private static Restart restart(Section section) {
    return new Restart(
        section.constant("policy", Restart.Policy.class).orElse(Restart.DEFAULT.policy()),
        section.integer("max_restarts").orElse(Restart.DEFAULT.maxRestarts()));
  }

  private static Listen listen(Section section) {
    List<String> hosts = new ArrayList<>();
    section
        .items("hosts")
        .forEach(item -> {
          if (!(item instanceof Scalar scalar) || !(scalar.value() instanceof String text)) {
            return;
          }
          String host = text.toLowerCase(Locale.ROOT);
          if (!HOST.matcher(host).matches()) {
            String path = section.pathOf("hosts[" + hosts.size() + "]");
            section
                .problems()
                .add(
                    item.line(),
                    item.column(),
                    path,
                    Shown.of(path, item) + " is no host name (expected: as llm.example.org)");
          }
          hosts.add(host);
        });
    return new Listen(section.integer("port").orElse(null), hosts);
  }
}
