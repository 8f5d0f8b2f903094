package io.fleetserve.api.spec;

import static io.fleetserve.api.unit.Checks.check;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One service file, read, filled, checked and defaulted: what a version of a service is.
///
/// @param name from the file; null means the caller names the service
/// @param service the `service:` section
/// @param resources candidates
/// @param resourcesOrdered true: try the candidates in this order; false: cheapest first
/// @param numNodes machines per replica, >= 1
/// @param envs environment of `setup` and `run`, filled
/// @param secrets like envs, never printed
/// @param workdir folder whose content a replica starts in; null means an empty folder
/// @param fileMounts target path in the replica to source
/// @param setup shell text run once per replica before `run`; null means none
/// @param run shell text that starts the server
/// @param other keys that are kept but that not every place can run, by path, as written:
///   `volumes`, `config`, `event_callback`, `service.spot`. Placement refuses with a sentence what
///   it cannot do, never in silence
public record ServiceSpec(
    @Nullable String name,
    ServiceSection service,
    List<Resources> resources,
    boolean resourcesOrdered,
    int numNodes,
    Map<String, String> envs,
    Map<String, Secret> secrets,
    @Nullable Workdir workdir,
    Map<String, FileMount> fileMounts,
    @Nullable String setup,
    String run,
    Map<String, Object> other) {

  public ServiceSpec {
    resources = List.copyOf(resources);
    check(!resources.isEmpty(), "resources", resources, "at least one candidate");
    check(numNodes >= 1, "num_nodes", numNodes, ">= 1");
    envs = Map.copyOf(envs);
    secrets = Map.copyOf(secrets);
    fileMounts = Map.copyOf(fileMounts);
    other = Map.copyOf(other);
    check(!run.isBlank(), "run", run, "not empty");
  }
}
