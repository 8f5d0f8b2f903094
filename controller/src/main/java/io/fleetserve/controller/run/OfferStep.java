package io.fleetserve.controller.run;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Keeps questions to providers about their offers off the service's loop: what is not known is
/// asked on a thread of its own, and the loop goes on until it is. Confined to the service's loop.
final class OfferStep {
  private final PlacementDesk desk;
  private final Executor threads;
  private final Consumer<Runnable> loop;
  private final Map<Question, List<Runnable>> asked = new HashMap<>();

  private record Question(List<Resources> resources, int numNodes, boolean spot) {}

  /// @param loop runs a message on the service's loop
  OfferStep(PlacementDesk desk, Executor threads, Consumer<Runnable> loop) {
    this.desk = desk;
    this.threads = threads;
    this.loop = loop;
  }

  /// Whether the offers for a spec are known. If not, they are asked for, and `then` runs once they
  /// are, as a message on the loop; after that the answer to the same question is true for a moment
  /// at least.
  ///
  /// @param then the same object runs once, however often it is given meanwhile
  boolean known(ServiceSpec spec, boolean spot, Runnable then) {
    if (desk.knows(spec, spot)) {
      return true;
    }
    Question question = new Question(spec.resources(), spec.numNodes(), spot);
    List<Runnable> waiting = asked.get(question);
    if (waiting != null) {
      if (!waiting.contains(then)) {
        waiting.add(then);
      }
      return false;
    }
    asked.put(question, new ArrayList<>(List.of(then)));
    threads.execute(() -> {
      desk.learn(spec, spot);
      loop.accept(() -> answered(question));
    });
    return false;
  }

  private void answered(Question question) {
    List<Runnable> waiting = asked.remove(question);
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
  }
}
