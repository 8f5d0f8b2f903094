package io.fleetserve.provider.ssh;

import io.fleetserve.provider.MachineFit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a host is, as a few lines of shell have found out.
///
/// @param architecture as `uname -m` tells it
/// @param home of the user, absolute
/// @param models of its accelerators in the order of their numbers
/// @param freeBytes of the file system that the home is on
record HostFacts(
    String architecture,
    String home,
    double cpus,
    long memoryBytes,
    List<String> models,
    long freeBytes) {
  /// Prints what [#parse] reads. Plain POSIX, no tool that a small system lacks but `nvidia-smi`.
  static final String SCRIPT =
      """
      echo "architecture=$(uname -m)"
      echo "home=$HOME"
      echo "cpus=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)"
      while read -r name value unit; do
        [ "$name" != MemTotal: ] || echo "memory_kib=$value"
      done < /proc/meminfo
      df -Pk "$HOME" | { read -r head; read -r system total used free rest; echo "free_kib=$free"; }
      if command -v nvidia-smi >/dev/null 2>&1; then
        nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | while read -r gpu; do
          echo "gpu=$gpu"
        done
      else
        for file in /proc/driver/nvidia/gpus/*/information; do
          [ ! -r "$file" ] || while read -r name gpu; do
            [ "$name" != Model: ] || echo "gpu=$gpu"
          done < "$file"
        done
      fi
      exit 0
      """;

  HostFacts {
    models = List.copyOf(models);
  }

  /// @throws IllegalArgumentException that names what the host did not tell
  static HostFacts parse(String output) {
    Map<String, String> told = new LinkedHashMap<>();
    List<String> models = new ArrayList<>();
    output
        .lines()
        .forEach(line -> {
          int equals = line.indexOf('=');
          if (line.startsWith("gpu=")) {
            models.add(line.substring(equals + 1).strip());
          } else if (equals > 0) {
            told.putIfAbsent(line.substring(0, equals), line.substring(equals + 1).strip());
          }
        });
    return new HostFacts(
        required(told, "architecture"),
        required(told, "home"),
        number(told, "cpus"),
        number(told, "memory_kib") << 10,
        models,
        number(told, "free_kib") << 10);
  }

  private static String required(Map<String, String> told, String name) {
    return Optional.ofNullable(told.get(name))
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> new IllegalArgumentException("the host did not tell its " + name));
  }

  private static long number(Map<String, String> told, String name) {
    String value = required(told, name);
    if (!value.matches("\\d{1,15}")) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: a whole number)");
    }
    return Long.parseLong(value);
  }

  /// All of it, or what the pool says of it.
  MachineFit size(Pool.Host host) {
    Map<String, Integer> accelerators = host.accelerators();
    if (accelerators == null) {
      accelerators = new LinkedHashMap<>();
      for (String model : models) {
        accelerators.merge(model, 1, Integer::sum);
      }
    }
    Double hostCpus = host.cpus();
    Long hostMemory = host.memoryBytes();
    return new MachineFit(
        hostCpus == null ? cpus : hostCpus,
        hostMemory == null ? memoryBytes : hostMemory,
        accelerators);
  }
}
