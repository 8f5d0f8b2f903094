package io.fleetserve.provider.ssh;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.MachineFit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is left of a host, and what a wish takes of it. Pure.
///
/// @param size of the host
/// @param models of its accelerators in the order of their numbers; empty when it did not tell
/// @param taken by replicas that are there
record Placing(MachineFit size, List<String> models, List<Reservation> taken) {
  Placing {
    models = List.copyOf(models);
    taken = List.copyOf(taken);
  }

  MachineFit free() {
    double cpus = size.cpus();
    long memory = size.memoryBytes();
    Map<String, Integer> accelerators = new LinkedHashMap<>(size.accelerators());
    for (Reservation each : taken) {
      cpus -= each.cpus();
      memory -= each.memoryBytes();
      each.accelerators()
          .forEach((model, count) -> accelerators.merge(model, -count, Integer::sum));
    }
    accelerators.values().removeIf(count -> count <= 0);
    return new MachineFit(Math.max(0, cpus), Math.max(0, memory), accelerators);
  }

  /// How full the host is with one more: the largest share that is taken of anything; with nothing
  /// wished, the number of replicas decides.
  double load() {
    MachineFit free = free();
    double cpus = 1 - free.cpus() / Math.max(size.cpus(), 0.001);
    double memory = 1 - (double) free.memoryBytes() / Math.max(size.memoryBytes(), 1);
    return Math.max(cpus, memory) + taken.size() / 1000.0;
  }

  /// What a wish that fits takes. An amount with `+` takes its least.
  Reservation reserve(String attemptId, String place, Resources wish) {
    Map<String, Integer> accelerators = new LinkedHashMap<>();
    List<Integer> devices = new ArrayList<>();
    wish.accelerators()
        .forEach((name, count) -> take(name, (int) Math.ceil(count), accelerators, devices));
    return new Reservation(
        attemptId,
        place,
        amount(wish.cpus()),
        (long) (amount(wish.memoryGib()) * (1L << 30)),
        accelerators,
        devices,
        0);
  }

  private static double amount(Resources.@Nullable Amount amount) {
    return amount == null ? 0 : amount.value();
  }

  private void take(
      String wished, int count, Map<String, Integer> accelerators, List<Integer> devices) {
    int left = count;
    for (Map.Entry<String, Integer> model : free().accelerators().entrySet()) {
      if (left > 0 && MachineFit.isModel(wished, model.getKey())) {
        int here = Math.min(left, model.getValue());
        accelerators.merge(model.getKey(), here, Integer::sum);
        left -= here;
      }
    }
    List<Integer> busy = taken.stream().flatMap(each -> each.devices().stream()).toList();
    int wanted = count;
    for (int device = 0; device < models.size() && wanted > 0; device++) {
      if (MachineFit.isModel(wished, models.get(device))
          && !busy.contains(device)
          && !devices.contains(device)) {
        devices.add(device);
        wanted--;
      }
    }
  }
}
