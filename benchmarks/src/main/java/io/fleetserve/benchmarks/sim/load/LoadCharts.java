package io.fleetserve.benchmarks.sim.load;

import io.fleetserve.benchmarks.chart.ChartFile;
import io.fleetserve.benchmarks.sim.load.Experiment.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws, for each load, the frontier (waiting against replica-hours) and replicas against demand.
final class LoadCharts {
  private static final int GRID = 30;

  private LoadCharts() {}

  /// @param prefix of the files' names
  static void write(List<Experiment> experiments, Path folder, String prefix) throws IOException {
    ChartFile.prepare(folder);
    for (Experiment experiment : experiments) {
      String name = experiment.load().name();
      ChartFile.save(frontier(experiment), folder.resolve(prefix + "-frontier-" + name + ".png"));
      ChartFile.save(replicas(experiment), folder.resolve(prefix + "-replicas-" + name + ".png"));
    }
  }

  private static XYChart frontier(Experiment experiment) {
    XYChart chart =
        ChartFile.lines(
            experiment.load().name() + ": waiting against cost",
            "replica-hours",
            "requests that wait more than 2 s, %");
    for (String name :
        List.of("knative", "hpa", "ray_serve", "skyserve", Policy.FIXED, Policy.OURS)) {
      List<Result> results =
          experiment.results().stream()
              .filter(one -> one.policy().name().equals(name))
              .sorted(Comparator.comparingDouble(one -> one.outcome().replicaHours()))
              .toList();
      chart.addSeries(
          name,
          results.stream().map(one -> one.outcome().replicaHours()).toList(),
          results.stream().map(one -> 100 * one.outcome().waiting()).toList());
    }
    return chart;
  }

  private static XYChart replicas(Experiment experiment) {
    XYChart chart =
        ChartFile.lines(
            experiment.load().name() + ": ready replicas", "minutes", "replicas of 8 slots");
    double[] demand = experiment.load().demand(GRID);
    List<Double> minutes = new ArrayList<>();
    List<Double> demanded = new ArrayList<>();
    for (int i = 0; i < demand.length; i++) {
      minutes.add(i * GRID / 60.0);
      demanded.add(demand[i] / LoadSimulation.SLOTS);
    }
    chart.addSeries("demand", minutes, demanded).setMarker(SeriesMarkers.NONE);
    for (Result result : experiment.results()) {
      if (result.policy().published()) {
        List<Integer> supply = new ArrayList<>();
        int[] seconds = result.outcome().supply();
        for (int i = 0; i < minutes.size(); i++) {
          supply.add(seconds[Math.min(seconds.length - 1, i * GRID)]);
        }
        chart.addSeries(result.policy().name(), minutes, supply).setMarker(SeriesMarkers.NONE);
      }
    }
    return chart;
  }
}
