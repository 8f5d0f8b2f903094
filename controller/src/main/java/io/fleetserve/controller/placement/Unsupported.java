package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.FileMount;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.Workdir;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Everything a valid service file can ask for that this version cannot run: the only such list.
/// Each sentence names the key, its value and what to do.
public final class Unsupported {
  private Unsupported() {}

  /// What stands against the file as a whole; empty means nothing.
  ///
  /// @param sites the providers that are switched on
  public static List<String> of(ServiceSpec spec, List<Site> sites) {
    List<String> found = new ArrayList<>();
    if (spec.numNodes() > 1 && sites.stream().noneMatch(site -> site.capabilities().multiNode())) {
      found.add(
          "num_nodes: "
              + spec.numNodes()
              + " (expected: 1): every place that is enabled runs a replica on one machine;"
              + " remove num_nodes");
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
    fixedPort(spec, sites, found);
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
  public static List<String> of(Resources resources, Wish wish, List<Site> sites) {
    List<String> found = new ArrayList<>();
    List<Site> reachable = reachable(resources, sites);
    String infra = resources.infra();
    if (infra != null && reachable.isEmpty() && !sites.isEmpty()) {
      String enabled = String.join(", ", sites.stream().map(Site::provider).sorted().toList());
      found.add(
          "resources.infra: %s (expected: %s): no other provider is enabled in config.yaml"
              .formatted(infra, enabled));
    }
    if (wish.spot()
        && !reachable.isEmpty()
        && reachable.stream().noneMatch(site -> site.capabilities().spot())) {
      found.add(
          "resources.use_spot: true (expected: false): %s has no spot instances; remove use_spot,"
                  .formatted(reachable.getFirst().provider())
              + " or let on-demand replicas stand in (replica_policy.dynamic_ondemand_fallback)");
    }
    return List.copyOf(found);
  }

  /// True when replicas of the file may share one machine's ports.
  public static boolean sharesHost(ServiceSpec spec, List<Site> sites) {
    return spec.resources().stream()
        .flatMap(resources -> reachable(resources, sites).stream())
        .anyMatch(site -> site.capabilities().sharedHost());
  }

  private static List<Site> reachable(Resources resources, List<Site> sites) {
    InfraPattern infra = InfraPattern.of(resources.infra());
    return sites.stream().filter(site -> infra.mayFit(site.provider())).toList();
  }

  private static void fixedPort(ServiceSpec spec, List<Site> sites, List<String> found) {
    Integer port = spec.service().port();
    ReplicaPolicy policy = spec.service().replicaPolicy();
    int most = policy.maxReplicas() + policy.numOverprovision();
    if (port != null && most > 1 && sharesHost(spec, sites)) {
      found.add(
          "service.ports: "
              + port
              + " with up to "
              + most
              + " replicas (expected: 1): replicas share this machine's ports;"
              + " let the server listen on $PORT and remove ports");
    }
  }
}
