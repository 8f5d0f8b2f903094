package io.fleetserve.cli.follow;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.view.Paint;
import io.fleetserve.cli.view.ProgressText;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// A line for each replica that changed its status: for pipes and files. Confined to one thread.
public final class PlainDisplay implements Display {
  private record Key(int replicaId, int generation) {}

  private final Consumer<String> lines;
  private final Clock clock;
  private final Map<Key, ReplicaStatus> shown = new HashMap<>();

  public PlainDisplay(Consumer<String> lines, Clock clock) {
    this.lines = lines;
    this.clock = clock;
  }

  @Override
  public void show(ServiceView service) {
    for (ReplicaView replica : Display.shown(service)) {
      Key key = new Key(replica.replicaId(), replica.generation());
      if (shown.put(key, replica.status()) != replica.status()) {
        lines.accept(ProgressText.replica(replica, clock.instant(), Integer.MAX_VALUE, Paint.NONE));
      }
    }
  }

  @Override
  public void close() {}
}
