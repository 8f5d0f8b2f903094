package io.fleetserve.provider.local;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether this machine fits a wish. Pure.
///
/// A replica gets a share of the machine, so an exact amount (`cpus: 4`) fits whatever has as much
/// or more. What other replicas use is not subtracted: the machine is shared, and limits hold each
/// replica to its own share.
record LocalOffers(Machine machine) {
  private static final double GIB = 1L << 30;

  /// A machine sold as 16 GiB tells a little less.
  private static final double MEMORY_TOLERANCE = 0.93;

  List<Offer> offers(OfferQuery query) {
    List<String> reasons =
        List.of(
                infra(query.resources().infra()),
                nodes(query.numNodes()),
                spot(query.resources().useSpot()),
                instanceType(query.resources().instanceType()),
                image(query.resources().imageId()),
                cpus(query.resources().cpus()),
                memory(query.resources().memoryGib()),
                accelerators(query.resources().accelerators()))
            .stream()
            .flatMap(Optional::stream)
            .toList();
    reasons.forEach(reason -> query.reject().accept("local: " + reason));
    return reasons.isEmpty()
        ? List.of(
            new Offer(LocalProvider.NAME, null, null, "this-machine", description(), 0, false))
        : List.of();
  }

  private String description() {
    StringBuilder text = new StringBuilder();
    text.append(machine.cpus()).append(machine.cpus() == 1 ? " CPU, " : " CPUs, ");
    text.append(gib(machine.memoryBytes())).append(" GiB");
    machine
        .accelerators()
        .forEach((name, count) -> text.append(", ").append(count).append(" x ").append(name));
    return text.toString();
  }

  private static Optional<String> infra(@Nullable String infra) {
    if (infra == null) {
      return Optional.empty();
    }
    String cloud = infra.split("/", 2)[0].strip().toLowerCase(Locale.ROOT);
    return unless(
        cloud.equals(LocalProvider.NAME) || cloud.equals("*") || cloud.isEmpty(),
        "infra is " + infra + " (expected: local)");
  }

  private static Optional<String> nodes(int nodes) {
    return unless(nodes == 1, "is one machine, num_nodes is " + nodes + " (expected: 1)");
  }

  private static Optional<String> spot(boolean wanted) {
    return unless(!wanted, "sells no spot instances (expected: use_spot: false)");
  }

  private static Optional<String> instanceType(@Nullable String type) {
    return unless(
        type == null, "has no instance types, instance_type is " + type + " (expected: none)");
  }

  private static Optional<String> image(@Nullable String image) {
    return unless(image == null, "runs no images, image_id is " + image + " (expected: none)");
  }

  private Optional<String> cpus(Resources.@Nullable Amount wish) {
    return unless(
        wish == null || machine.cpus() >= wish.value(),
        "has " + machine.cpus() + " CPUs" + expected(wish));
  }

  private Optional<String> memory(Resources.@Nullable Amount wish) {
    return unless(
        wish == null || machine.memoryBytes() / GIB >= wish.value() * MEMORY_TOLERANCE,
        "has " + gib(machine.memoryBytes()) + " GiB of memory" + expected(wish));
  }

  private static String expected(Resources.@Nullable Amount wish) {
    return wish == null ? "" : " (expected: >= " + number(wish.value()) + ")";
  }

  private Optional<String> accelerators(Map<String, Double> wishes) {
    for (Map.Entry<String, Double> wish : wishes.entrySet()) {
      int have = count(wish.getKey());
      if (have < wish.getValue()) {
        return Optional.of(
            "has %d %s (expected: >= %s)".formatted(have, wish.getKey(), number(wish.getValue())));
      }
    }
    return Optional.empty();
  }

  /// `H100` and `A100-80GB` fit the driver's `NVIDIA H100 80GB HBM3` and `NVIDIA A100-SXM4-80GB`:
  /// every part of the wished name is a word of the model's.
  private int count(String wished) {
    List<String> parts = words(wished);
    int count = 0;
    for (Map.Entry<String, Integer> model : machine.accelerators().entrySet()) {
      if (words(model.getKey()).containsAll(parts)) {
        count += model.getValue();
      }
    }
    return count;
  }

  private static List<String> words(String name) {
    return List.of(name.toUpperCase(Locale.ROOT).split("[^A-Z0-9]+"));
  }

  private static String gib(long bytes) {
    return number(Math.round(bytes / GIB * 10) / 10.0);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static Optional<String> unless(boolean ok, String reason) {
    return ok ? Optional.empty() : Optional.of(reason);
  }
}
