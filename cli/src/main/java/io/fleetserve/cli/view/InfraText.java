package io.fleetserve.cli.view;

import io.fleetserve.api.wire.AgentView;
import io.fleetserve.api.wire.InfraView;
import io.fleetserve.api.wire.MachineView;
import io.fleetserve.api.wire.PlaceView;
import io.fleetserve.cli.view.Table.Cell;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Places where replicas can run, what they have, and the agents on other machines.
public final class InfraText {
  private static final double GIB = 1L << 30;
  private static final String UNKNOWN = "-";

  private InfraText() {}

  /// What is configured, and what of it can be used; one line each, with the reason where not.
  public static List<String> check(List<InfraView> providers, Paint paint) {
    Table table = new Table(List.of("PLACE", "STATUS", "WHAT"), paint);
    for (InfraView provider : providers) {
      if (!provider.configured()) {
        table.add(row(paint, provider.name(), "off", provider.reason()));
      } else if (tellsMore(provider)) {
        table.add(row(paint, provider.name(), "unusable", provider.reason()));
      }
      for (PlaceView place : provider.places()) {
        table.add(
            place.usable()
                ? row(paint, place.infra(), "ok", what(place))
                : row(paint, place.infra(), "unusable", place.problem()));
      }
    }
    return table.lines();
  }

  /// Whether the provider's reason is not just the sum of its places'.
  private static boolean tellsMore(InfraView provider) {
    return !provider.reason().isEmpty()
        && (provider.places().isEmpty() || provider.places().stream().anyMatch(PlaceView::usable));
  }

  private static List<Cell> row(Paint paint, String place, String status, String what) {
    return List.of(
        Cell.of(place),
        new Cell(status, text -> status.equals("unusable") ? paint.error(text) : text),
        Cell.of(what));
  }

  private static String what(PlaceView place) {
    String size = describe(place.size());
    String kind = place.kind() + (place.spot() ? ", spot" : "");
    return size.equals(UNKNOWN) ? kind : kind + ": " + size;
  }

  /// Accelerators by model and place.
  ///
  /// @param wished part of a model's name, in any case; empty means all
  public static List<String> accelerators(List<InfraView> providers, String wished, Paint paint) {
    Table table =
        new Table(
            List.of("ACCELERATOR", "PLACE", "MACHINE", "FREE", "TOTAL", "MARKET", "$/H"), paint);
    withAccelerator(providers, wished).stream()
        .flatMap(place ->
            accelerators(place.size()).keySet().stream()
                .filter(model -> fits(model, wished))
                .map(model -> Map.entry(model, place)))
        .sorted(Map.Entry.comparingByKey())
        .forEach(each -> table.add(accelerator(each.getKey(), each.getValue())));
    return table.size() == 0 ? List.of() : table.lines();
  }

  /// Places that have an accelerator.
  ///
  /// @param wished part of a model's name, in any case; empty means any
  public static List<PlaceView> withAccelerator(List<InfraView> providers, String wished) {
    return places(providers)
        .filter(place ->
            accelerators(place.size()).keySet().stream().anyMatch(model -> fits(model, wished)))
        .toList();
  }

  private static boolean fits(String model, String wished) {
    return plain(model).contains(plain(wished));
  }

  private static List<Cell> accelerator(String model, PlaceView place) {
    MachineView free = place.free();
    String left =
        !place.usable()
            ? "unusable"
            : free == null ? UNKNOWN : Integer.toString(free.accelerators().getOrDefault(model, 0));
    return cells(
        model,
        place.infra(),
        place.kind(),
        left,
        Integer.toString(accelerators(place.size()).getOrDefault(model, 0)),
        place.spot() ? "spot" : "on demand",
        PlanText.price(place.hourlyPrice()));
  }

  private static Map<String, Integer> accelerators(@Nullable MachineView machine) {
    return machine == null ? Map.of() : machine.accelerators();
  }

  private static String plain(String model) {
    return model.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /// Each place with what it has, what is free, and the replicas on it.
  public static List<String> places(List<InfraView> providers, Paint paint) {
    Table table =
        new Table(
            List.of("PLACE", "KIND", "CPUS", "MEMORY", "ACCELERATORS", "FREE", "$/H", "REPLICAS"),
            paint);
    places(providers).forEach(place -> table.add(place(place)));
    return table.size() == 0 ? List.of() : table.lines();
  }

  private static Stream<PlaceView> places(List<InfraView> providers) {
    return providers.stream().flatMap(provider -> provider.places().stream());
  }

  private static List<Cell> place(PlaceView place) {
    Optional<MachineView> size = Optional.ofNullable(place.size());
    return cells(
        place.infra(),
        place.kind() + (place.spot() ? " (spot)" : ""),
        size.map(machine -> number(machine.cpus())).orElse(UNKNOWN),
        size.map(machine -> gib(machine.memoryBytes())).orElse(UNKNOWN),
        size.map(InfraText::models).filter(text -> !text.isEmpty()).orElse(UNKNOWN),
        place.usable() ? describe(place.free()) : "unusable",
        PlanText.price(place.hourlyPrice()),
        String.join(", ", place.replicas()));
  }

  /// The agents and what their certificates are worth.
  public static List<String> agents(List<AgentView> agents, Paint paint) {
    Table table =
        new Table(
            List.of("SERVICE_NAME", "ID", "GENERATION", "INFRA", "STATE", "CERTIFICATE"), paint);
    for (AgentView agent : agents) {
      table.add(
          cells(
              agent.service(),
              Integer.toString(agent.replicaId()),
              Integer.toString(agent.generation()),
              agent.infra(),
              agent.state().name().toLowerCase(Locale.ROOT),
              agent.serial().isEmpty() ? UNKNOWN : agent.serial()));
    }
    return table.lines();
  }

  private static List<Cell> cells(String... texts) {
    return Stream.of(texts).map(Cell::of).toList();
  }

  /// `2 CPUs, 23 GiB, 1 x NVIDIA L4`.
  private static String describe(@Nullable MachineView machine) {
    if (machine == null) {
      return UNKNOWN;
    }
    String models = models(machine);
    return number(machine.cpus())
        + (machine.cpus() == 1 ? " CPU, " : " CPUs, ")
        + gib(machine.memoryBytes())
        + (models.isEmpty() ? "" : ", " + models);
  }

  private static String models(MachineView machine) {
    return new TreeMap<>(machine.accelerators())
        .entrySet().stream()
            .map(entry -> entry.getValue() + " x " + entry.getKey())
            .collect(Collectors.joining(", "));
  }

  private static String gib(long bytes) {
    return number(Math.round(bytes / GIB * 10) / 10.0) + " GiB";
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
