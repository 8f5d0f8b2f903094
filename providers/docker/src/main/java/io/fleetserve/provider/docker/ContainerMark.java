package io.fleetserve.provider.docker;

import io.fleetserve.provider.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What the labels of a container tell: whose it is, and what of the machine it holds.
///
/// @param port of the server, on the engine's machine
/// @param gpus numbers of the accelerators it may use
/// @param cpus limit; 0 means none
/// @param memoryBytes limit; 0 means none
record ContainerMark(
    Ownership ownership,
    String attemptId,
    int port,
    List<Integer> gpus,
    double cpus,
    long memoryBytes) {
  private static final String PREFIX = "io.fleetserve.";
  private static final String INSTALLATION = PREFIX + "installation";
  private static final String SERVICE = PREFIX + "service";
  private static final String REPLICA = PREFIX + "replica";
  private static final String GENERATION = PREFIX + "generation";
  private static final String ATTEMPT = PREFIX + "attempt";
  private static final String PORT = PREFIX + "port";
  private static final String GPUS = PREFIX + "gpus";
  private static final String CPUS = PREFIX + "cpus";
  private static final String MEMORY = PREFIX + "memory";

  ContainerMark {
    gpus = List.copyOf(gpus);
  }

  Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    labels.put(INSTALLATION, ownership.installationId());
    labels.put(SERVICE, ownership.service());
    labels.put(REPLICA, Integer.toString(ownership.replicaId()));
    labels.put(GENERATION, Integer.toString(ownership.generation()));
    labels.put(ATTEMPT, attemptId);
    labels.put(PORT, Integer.toString(port));
    labels.put(GPUS, String.join(",", gpus.stream().map(String::valueOf).toList()));
    labels.put(CPUS, Double.toString(cpus));
    labels.put(MEMORY, Long.toString(memoryBytes));
    return labels;
  }

  /// The filter for everything of an installation.
  static String of(String installationId) {
    return INSTALLATION + "=" + installationId;
  }

  /// The filter for what any installation has made.
  static String ofAnybody() {
    return INSTALLATION;
  }

  /// Empty when the container is not one of ours, of whichever installation.
  static Optional<ContainerMark> read(JsonNode labels) {
    String installation = labels.path(INSTALLATION).asString("");
    String attempt = labels.path(ATTEMPT).asString("");
    if (installation.isEmpty() || attempt.isEmpty()) {
      return Optional.empty();
    }
    List<Integer> gpus = new ArrayList<>();
    for (String gpu : labels.path(GPUS).asString("").split(",", -1)) {
      number(gpu).ifPresent(gpus::add);
    }
    return Optional.of(
        new ContainerMark(
            new Ownership(
                installation,
                labels.path(SERVICE).asString(""),
                number(labels.path(REPLICA).asString("")).orElse(0),
                number(labels.path(GENERATION).asString("")).orElse(0)),
            attempt,
            number(labels.path(PORT).asString("")).orElse(0),
            gpus,
            amount(labels.path(CPUS).asString("")),
            (long) amount(labels.path(MEMORY).asString(""))));
  }

  private static Optional<Integer> number(String text) {
    return text.matches("\\d{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
  }

  /// 0 where there is none, as of a container of an older version.
  private static double amount(String text) {
    return text.matches("\\d{1,15}(\\.\\d{1,9})?") ? Double.parseDouble(text) : 0;
  }

  /// The container's name, which is the instance's id: no engine holds two of the same name, so the
  /// same attempt cannot be made twice.
  String name() {
    return name(attemptId);
  }

  static String name(String attemptId) {
    return "fleetserve-" + attemptId;
  }
}
