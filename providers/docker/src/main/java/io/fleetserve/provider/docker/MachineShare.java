package io.fleetserve.provider.docker;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.MachineFit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/// What containers hold of the engine's machine, and what is left: ports and accelerators, which
/// are handed out one by one, and what their limits leave of the rest. Pure.
///
/// Accelerators are numbered as the driver does, in the order of the settings.
///
/// @param accelerators model to number, in the settings' order
/// @param held by containers that live
record MachineShare(Map<String, Integer> accelerators, List<ContainerMark> held) {
  private static final int FIRST_PORT = 21_000;
  private static final int PORTS = 9_000;

  MachineShare {
    accelerators = new TreeMap<>(accelerators);
    held = List.copyOf(held);
  }

  /// Numbers of each model that nobody holds.
  private Map<String, List<Integer>> free() {
    Set<Integer> taken = new HashSet<>();
    held.forEach(mark -> taken.addAll(mark.gpus()));
    Map<String, List<Integer>> free = new TreeMap<>();
    int number = 0;
    for (Map.Entry<String, Integer> model : accelerators.entrySet()) {
      List<Integer> left = new ArrayList<>();
      for (int i = 0; i < model.getValue(); i++, number++) {
        if (!taken.contains(number)) {
          left.add(number);
        }
      }
      free.put(model.getKey(), left);
    }
    return free;
  }

  Map<String, Integer> freeCounts() {
    Map<String, Integer> counts = new TreeMap<>();
    free().forEach((model, numbers) -> counts.put(model, numbers.size()));
    return counts;
  }

  /// What the limits of containers leave; those without a limit take nothing for sure.
  MachineFit free(double cpus, long memoryBytes) {
    for (ContainerMark mark : held) {
      cpus -= mark.cpus();
      memoryBytes -= mark.memoryBytes();
    }
    double left = Math.round(Math.max(0, cpus) * 1000) / 1000.0;
    return new MachineFit(left, Math.max(0, memoryBytes), freeCounts());
  }

  /// Accelerators for a wish; empty when there are not enough. A part of one is one.
  Optional<List<Integer>> choose(Resources wish) {
    Map<String, List<Integer>> free = free();
    List<Integer> chosen = new ArrayList<>();
    for (Map.Entry<String, Double> each : wish.accelerators().entrySet()) {
      int missing = (int) Math.ceil(each.getValue());
      for (Map.Entry<String, List<Integer>> model : free.entrySet()) {
        List<Integer> left = model.getValue();
        while (missing > 0
            && !left.isEmpty()
            && MachineFit.isModel(each.getKey(), model.getKey())) {
          chosen.add(left.removeFirst());
          missing--;
        }
      }
      if (missing > 0) {
        return Optional.empty();
      }
    }
    return Optional.of(chosen.stream().sorted().toList());
  }

  /// A port that no container holds, below the kernel's ephemeral range; empty when all are taken.
  ///
  /// @param start where the search begins, so that installations side by side differ
  /// @param usable what the machine itself says of a port
  OptionalInt port(int start, IntPredicate usable) {
    Set<Integer> taken = new HashSet<>();
    held.forEach(mark -> taken.add(mark.port()));
    for (int i = 0; i < PORTS; i++) {
      int port = FIRST_PORT + Math.floorMod(start + i, PORTS);
      if (!taken.contains(port) && usable.test(port)) {
        return OptionalInt.of(port);
      }
    }
    return OptionalInt.empty();
  }
}
