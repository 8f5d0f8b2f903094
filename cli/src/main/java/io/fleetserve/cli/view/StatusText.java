package io.fleetserve.cli.view;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.view.Table.Cell;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// What `serve status` prints: SkyServe's two tables, then why a service or replica is not well.
public final class StatusText {
  /// Rows of the replica table unless all are asked for.
  static final int ROWS = 10;

  private static final List<String> SERVICE =
      List.of("NAME", "VERSION", "UPTIME", "STATUS", "REPLICAS", "ENDPOINT");
  private static final List<String> SERVICE_MORE =
      List.of("AUTOSCALING_POLICY", "LOAD_BALANCING_POLICY", "REQUESTED_RESOURCES");
  private static final List<String> REPLICA =
      List.of(
          "SERVICE_NAME", "ID", "VERSION", "ENDPOINT", "LAUNCHED", "INFRA", "RESOURCES", "STATUS");

  private StatusText() {}

  /// The lines for these services.
  ///
  /// @param verbose more columns, every replica, every reason
  public static List<String> of(
      List<ServiceView> services, boolean verbose, Instant now, Paint paint) {
    if (services.isEmpty()) {
      return List.of("No services.");
    }
    List<String> lines = new ArrayList<>();
    lines.add(paint.bold("Services"));
    lines.addAll(serviceTable(services, verbose, now, paint));
    for (ServiceView service : services) {
      if (!service.reason().isEmpty() && (verbose || needsReason(service))) {
        lines.add("  " + service.name() + ": " + service.reason());
      }
    }
    List<ReplicaView> replicas =
        services.stream()
            .flatMap(service ->
                service.replicas().stream()
                    .sorted(
                        Comparator.comparing((ReplicaView view) -> view.status().isFailed())
                            .thenComparingInt(ReplicaView::replicaId)))
            .toList();
    if (replicas.isEmpty()) {
      return lines;
    }
    lines.add("");
    lines.add(paint.bold("Replicas"));
    lines.addAll(replicaTable(replicas, verbose, now, paint));
    return lines;
  }

  private static boolean needsReason(ServiceView service) {
    return switch (service.status()) {
      case READY, NO_REPLICA, REPLICA_INIT, CONTROLLER_INIT -> false;
      case FAILED, CONTROLLER_FAILED, SHUTTING_DOWN, FAILED_CLEANUP -> true;
    };
  }

  private static List<String> serviceTable(
      List<ServiceView> services, boolean verbose, Instant now, Paint paint) {
    List<String> header = new ArrayList<>(SERVICE);
    if (verbose) {
      header.addAll(SERVICE_MORE);
    }
    Table table = new Table(header, paint);
    for (ServiceView service : services) {
      List<Cell> row = new ArrayList<>();
      row.add(Cell.of(service.name()));
      row.add(Cell.of(version(service)));
      row.add(Cell.of(uptime(service, now)));
      row.add(new Cell(service.status().name(), text -> paint.status(service.status(), text)));
      row.add(Cell.of(service.readyReplicas() + "/" + service.totalReplicas()));
      row.add(Cell.of(service.endpoint()));
      if (verbose) {
        row.add(Cell.of(service.autoscalingPolicy()));
        row.add(Cell.of(service.loadBalancingPolicy()));
        row.add(Cell.of(service.requestedResources()));
      }
      table.add(row);
    }
    return table.lines();
  }

  private static String version(ServiceView service) {
    return service.targetVersion() == service.version()
        ? Integer.toString(service.version())
        : service.version() + " -> " + service.targetVersion();
  }

  private static String uptime(ServiceView service, Instant now) {
    return service.readySinceMillis() == 0
        ? "-"
        : Times.coarse(Duration.between(Instant.ofEpochMilli(service.readySinceMillis()), now));
  }

  private static String network(ReplicaView replica) {
    NetworkMode way = replica.way();
    return way == null ? "-" : way.name().toLowerCase(Locale.ROOT);
  }

  private static List<String> replicaTable(
      List<ReplicaView> replicas, boolean verbose, Instant now, Paint paint) {
    List<String> header = new ArrayList<>(REPLICA);
    if (verbose) {
      header.add("NETWORK");
    }
    Table table = new Table(header, paint);
    List<ReplicaView> shown = verbose ? replicas : replicas.stream().limit(ROWS).toList();
    for (ReplicaView replica : shown) {
      Instant launched = Instant.ofEpochMilli(replica.launchedAtMillis());
      List<Cell> row = new ArrayList<>();
      row.add(Cell.of(replica.service()));
      row.add(Cell.of(Integer.toString(replica.replicaId())));
      row.add(Cell.of(Integer.toString(replica.version())));
      row.add(Cell.of(replica.endpoint().isEmpty() ? "-" : replica.endpoint()));
      row.add(
          Cell.of(
              replica.launchedAtMillis() == 0 ? "-" : Times.ago(Duration.between(launched, now))));
      row.add(Cell.of(replica.infra().isEmpty() ? "-" : replica.infra()));
      row.add(Cell.of(replica.resources().isEmpty() ? "-" : replica.resources()));
      row.add(new Cell(replica.status().name(), text -> paint.status(replica.status(), text)));
      if (verbose) {
        row.add(Cell.of(network(replica)));
      }
      table.add(row);
    }
    List<String> lines = new ArrayList<>(table.lines());
    for (ReplicaView replica : shown) {
      if (!replica.reason().isEmpty() && (verbose || replica.status().isFailed())) {
        lines.add(
            "  "
                + replica.service()
                + " replica "
                + replica.replicaId()
                + ": "
                + replica.reason()
                + (replica.restarts() > 0 ? " (restarts: " + replica.restarts() + ")" : ""));
      }
    }
    if (shown.size() < replicas.size()) {
      lines.add("... " + (replicas.size() - shown.size()) + " more, -v shows all");
    }
    return lines;
  }
}
