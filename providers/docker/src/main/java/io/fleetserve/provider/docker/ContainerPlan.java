package io.fleetserve.provider.docker;

import io.fleetserve.api.process.ReplicaProcesses;
import io.fleetserve.api.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A container to be made, as the engine wants it described. Holds no secret: these come in the
/// boot file, which is put into the container. Pure.
///
/// @param command of the agent, with the path of the boot file
/// @param binds `source:target[:ro]`
record ContainerPlan(
    ContainerMark mark,
    String image,
    List<String> command,
    List<String> binds,
    Map<String, String> environment,
    boolean hostNetwork,
    String publish) {
  /// Where the agent's own files are in a container.
  static final String FOLDER = "/fleetserve/replica";

  static final String BOOT = FOLDER + "/boot.json";

  ContainerPlan {
    command = List.copyOf(command);
    binds = List.copyOf(binds);
    environment = Map.copyOf(environment);
  }

  JsonNode json() {
    ObjectNode container = Json.MAPPER.createObjectNode();
    container.put("Image", image);
    container.put("User", "0:0");
    container.put("WorkingDir", "/");
    strings(container.putArray("Entrypoint"), command);
    container.putArray("Cmd");
    strings(container.putArray("Env"), env());
    mark.labels().forEach(container.putObject("Labels")::put);
    // The image's own check speaks of the image's own program, which does not run.
    strings(container.putObject("Healthcheck").putArray("Test"), List.of("NONE"));
    ObjectNode host = container.putObject("HostConfig");
    strings(host.putArray("Binds"), binds);
    host.put("NetworkMode", hostNetwork ? "host" : "default");
    if (mark.memoryBytes() > 0) {
      host.put("Memory", mark.memoryBytes());
      host.put("MemorySwap", mark.memoryBytes()); // no swap beside it
    }
    if (mark.cpus() > 0) {
      host.put("NanoCpus", Math.max(10_000_000L, Math.round(mark.cpus() * 1e9)));
    }
    if (!hostNetwork) {
      String port = mark.port() + "/tcp";
      container.putObject("ExposedPorts").putObject(port);
      host.putObject("PortBindings")
          .putArray(port)
          .addObject()
          .put("HostIp", publish)
          .put("HostPort", Integer.toString(mark.port()));
      host.putArray("ExtraHosts").add("host.docker.internal:host-gateway");
    }
    accelerators(host);
    ObjectNode log = host.putObject("LogConfig");
    log.put("Type", "json-file");
    log.putObject("Config").put("max-size", "1m").put("max-file", "1");
    return container;
  }

  private void accelerators(ObjectNode host) {
    if (mark.gpus().isEmpty()) {
      return;
    }
    ObjectNode request = host.putArray("DeviceRequests").addObject();
    strings(request.putArray("DeviceIDs"), mark.gpus().stream().map(String::valueOf).toList());
    request.putArray("Capabilities").addArray().add("gpu");
  }

  private List<String> env() {
    Map<String, String> all = new TreeMap<>(environment);
    all.put(ReplicaProcesses.INSTALLATION, mark.ownership().installationId());
    all.put(ReplicaProcesses.ATTEMPT, mark.attemptId());
    return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private static void strings(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }
}
