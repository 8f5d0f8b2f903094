package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.FileMount;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSection;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.Workdir;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// Everything a valid service file can ask for that this version cannot run: the only such list.
/// Each sentence names the key, its value and what to do.
public final class Unsupported {
  private static final String LOCAL = "local";

  private Unsupported() {}

  /// What stands against the file as a whole; empty means nothing.
  ///
  /// @param sharedHost replicas share one machine's ports
  public static List<String> of(ServiceSpec spec, boolean sharedHost) {
    List<String> found = new ArrayList<>();
    ServiceSection service = spec.service();
    if (spec.numNodes() > 1) {
      found.add(
          "num_nodes: "
              + spec.numNodes()
              + " (expected: 1): this version runs a replica on one machine; remove num_nodes");
    }
    if (spec.workdir() instanceof Workdir.Git git) {
      found.add(
          "workdir.url: "
              + git.url()
              + " (expected: a local folder): this version does not clone git repositories;"
              + " clone it and name the folder in workdir");
    }
    new TreeMap<>(spec.fileMounts())
        .forEach((target, mount) -> {
          if (mount instanceof FileMount.Remote remote) {
            found.add(
                "file_mounts."
                    + target
                    + ": "
                    + remote.source()
                    + " (expected: a local path): this version does not mount buckets;"
                    + " fetch it in setup");
          }
        });
    autoscaling(service, found);
    spotPolicy(service.replicaPolicy(), found);
    fixedPort(spec, sharedHost, found);
    new TreeMap<>(spec.other())
        .forEach((key, value) ->
            found.add(
                key
                    + ": "
                    + value
                    + " (expected: none): this version, on this machine, cannot do it;"
                    + " remove "
                    + key));
    return List.copyOf(found);
  }

  /// What stands against one candidate; another one may do.
  public static List<String> of(Resources resources) {
    List<String> found = new ArrayList<>();
    String infra = resources.infra();
    if (infra != null && !isLocal(infra)) {
      found.add(
          "resources.infra: "
              + infra
              + " (expected: local): this version runs replicas on this machine only;"
              + " remove infra or write local");
    }
    if (resources.useSpot()) {
      found.add(
          "resources.use_spot: true (expected: false): this machine has no spot instances;"
              + " remove use_spot");
    }
    String image = resources.imageId();
    if (image != null) {
      found.add(
          "resources.image_id: "
              + image
              + " (expected: none): this version runs processes, not images;"
              + " install what the server needs in setup");
    }
    return List.copyOf(found);
  }

  private static void autoscaling(ServiceSection service, List<String> found) {
    Autoscaling autoscaling = service.autoscaling();
    if (autoscaling == null) {
      return;
    }
    switch (autoscaling.metric()) {
      case QPS, CONCURRENCY -> {}
      case QUEUE_DELAY, TTFT, TOKENS, PROMETHEUS ->
          found.add(
              "service.autoscaling.metric: "
                  + autoscaling.metric().name().toLowerCase(Locale.ROOT)
                  + " (expected: concurrency or qps): this version does not measure it");
    }
  }

  private static void spotPolicy(ReplicaPolicy policy, List<String> found) {
    if (policy.spotPlacer() != null) {
      found.add(
          "replica_policy.spot_placer: "
              + policy.spotPlacer()
              + " (expected: none): this machine has no spot instances; remove it");
    }
    if (policy.dynamicOndemandFallback()) {
      found.add(
          "replica_policy.dynamic_ondemand_fallback: true (expected: false):"
              + " this machine has no spot instances; remove it");
    }
    if (policy.baseOndemandFallbackReplicas() > 0) {
      found.add(
          "replica_policy.base_ondemand_fallback_replicas: "
              + policy.baseOndemandFallbackReplicas()
              + " (expected: 0): this machine has no spot instances; remove it");
    }
  }

  private static void fixedPort(ServiceSpec spec, boolean sharedHost, List<String> found) {
    Integer port = spec.service().port();
    ReplicaPolicy policy = spec.service().replicaPolicy();
    int most = policy.maxReplicas() + policy.numOverprovision();
    if (sharedHost && port != null && most > 1) {
      found.add(
          "service.ports: "
              + port
              + " with up to "
              + most
              + " replicas (expected: 1): replicas share this machine's ports;"
              + " let the server listen on $PORT and remove ports");
    }
  }

  private static boolean isLocal(String infra) {
    return infra.equals("*") || infra.equalsIgnoreCase(LOCAL) || infra.startsWith(LOCAL + "/");
  }
}
