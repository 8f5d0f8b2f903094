package io.fleetserve.api.spec;

import io.fleetserve.api.spec.ServiceSection.Drain;
import io.fleetserve.api.spec.ServiceSection.Hold;
import io.fleetserve.api.spec.ServiceSection.Listen;
import io.fleetserve.api.spec.ServiceSection.Outlier;
import io.fleetserve.api.spec.ServiceSection.Restart;
import io.fleetserve.api.spec.ServiceSection.Retry;
import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSection.Tls;
import io.fleetserve.api.unit.ByteSize;
import io.fleetserve.api.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the `service:` section. Types and ranges were checked by the schema; here are the rules
/// between keys.
final class ServiceReader {
  private static final Duration STREAM_TIMEOUT = Duration.ofSeconds(120);
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration PANIC_WINDOW = Duration.ofSeconds(6);
  private static final double MAX_SCALE_UP_RATE = 1000;
  private static final Pattern HOST =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*");

  private final Section service;
  private final LocalPaths paths;

  ServiceReader(Section service, LocalPaths paths) {
    this.service = service;
    this.paths = paths;
  }

  /// @param resources candidates, for the port rule
  ServiceSection read(Section resourcesSection, List<Resources> resources) {
    ReplicaPolicy policy = ReplicaPolicyReader.read(service);
    return new ServiceSection(
        ProbeReader.read(service),
        policy,
        loadBalancingPolicy(),
        port(resourcesSection, resources),
        service
            .sectionOrEmpty("load_balancer")
            .seconds("stream_timeout_seconds")
            .orElse(STREAM_TIMEOUT),
        tls(),
        service.section("autoscaling").map(ServiceReader::autoscaling).orElse(null),
        hold(service.sectionOrEmpty("hold")),
        drain(service.sectionOrEmpty("drain")),
        retry(service.sectionOrEmpty("retry")),
        outlier(service.sectionOrEmpty("outlier")),
        rollout(service.sectionOrEmpty("rollout")),
        restart(service.sectionOrEmpty("restart")),
        listen(service.sectionOrEmpty("listen")),
        service.sectionOrEmpty("routing").text("session_header").orElse(null));
  }

  private LoadBalancingPolicy loadBalancingPolicy() {
    LoadBalancingPolicy policy =
        constant(service, "load_balancing_policy", LoadBalancingPolicy.class)
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

  /// The routed port: `service.ports`, else the only one of `resources.ports`.
  private @Nullable Integer port(Section resourcesSection, List<Resources> resources) {
    List<String> offered = resources.getFirst().ports();
    boolean equal = resources.stream().allMatch(candidate -> candidate.ports().equals(offered));
    OptionalInt wanted = OptionalInt.empty();
    if (service.integer("ports").isPresent()) {
      wanted = OptionalInt.of(service.integer("ports").orElseThrow());
    }
    if (wanted.isPresent()) {
      int port = wanted.getAsInt();
      boolean within =
          resources.stream()
              .allMatch(each -> each.ports().isEmpty() || Ports.contain(each.ports(), port));
      if (!within) {
        service.wrong("ports", " is not among resources.ports (expected: one of them)");
      }
      return port;
    }
    if (service.has("ports") || (offered.isEmpty() && equal)) {
      return null;
    }
    OptionalInt only = Ports.only(offered);
    if (!equal || only.isEmpty()) {
      resourcesSection.wrongKey(
          "ports",
          equal
              ? "several ports (say in service.ports which one gets the requests)"
              : "differ between the candidates (say in service.ports which one gets the requests)");
      return null;
    }
    return only.getAsInt();
  }

  private @Nullable Tls tls() {
    Section tls = service.sectionOrEmpty("tls");
    Optional<String> key = pemFile(tls, "keyfile");
    Optional<String> certificate = pemFile(tls, "certfile");
    return key.isPresent() && certificate.isPresent()
        ? new Tls(key.get(), certificate.get())
        : null;
  }

  private Optional<String> pemFile(Section tls, String key) {
    Optional<String> path = tls.text(key).flatMap(paths::absolute);
    if (path.isEmpty() && tls.text(key).isPresent()) {
      tls.wrong(key, " is no local path (expected: a path on this machine)");
    }
    return path;
  }

  private static @Nullable Autoscaling autoscaling(Section section) {
    Autoscaling.Metric metric =
        constant(section, "metric", Autoscaling.Metric.class)
            .orElse(Autoscaling.Metric.CONCURRENCY);
    switch (metric) {
      case QPS, CONCURRENCY -> {}
      case QUEUE_DELAY, TTFT, TOKENS, PROMETHEUS ->
          section.wrong(
              "metric", " cannot be followed by this version (expected: concurrency, qps)");
    }
    Duration window = section.seconds("window_seconds").orElse(WINDOW);
    Duration panic =
        section
            .seconds("panic_window_seconds")
            .orElse(window.compareTo(PANIC_WINDOW) < 0 ? window : PANIC_WINDOW);
    if (panic.compareTo(window) > 0) {
      section.wrong("panic_window_seconds", " is above window_seconds (expected: at most that)");
    }
    Double target = section.number("target").orElse(null);
    if (target == null || panic.compareTo(window) > 0) {
      return null;
    }
    double rate = section.number("max_scale_up_rate").orElse(MAX_SCALE_UP_RATE);
    return new Autoscaling(metric, target, window, panic, rate);
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

  private static Outlier outlier(Section section) {
    return new Outlier(
        section.integer("consecutive_failures").orElse(Outlier.DEFAULT.consecutiveFailures()),
        section.number("max_ejected_fraction").orElse(Outlier.DEFAULT.maxEjectedFraction()));
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
        constant(section, "mode", Rollout.Mode.class).orElse(Rollout.DEFAULT.mode()),
        surge,
        missing);
  }

  private static Restart restart(Section section) {
    return new Restart(
        constant(section, "policy", Restart.Policy.class).orElse(Restart.DEFAULT.policy()),
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

  /// The constant whose lower-case name stands under `key`.
  private static <E extends Enum<E>> Optional<E> constant(
      Section section, String key, Class<E> type) {
    return section
        .text(key)
        .flatMap(text ->
            List.of(type.getEnumConstants()).stream()
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst());
  }
}
