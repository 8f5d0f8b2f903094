package io.fleetserve.benchmarks.sim.spot;

import io.fleetserve.benchmarks.chart.ChartFile;
import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.ShortagePricing;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws the runs as PNG files.
final class SpotCharts {
  /// Three days of a timeline.
  private static final int TIMELINE_TICKS = 3 * 2880;

  private final Path folder;

  SpotCharts(Path folder) {
    this.folder = folder;
  }

  /// Availability against cost: `hedge` over its prices, SpotHedge over its extra replicas, and the
  /// bound.
  void curves(String name, Map<String, SpotRun> runs, double bound) throws IOException {
    XYChart chart =
        ChartFile.lines(name, "cost, % of on demand", "time with too few ready replicas, %");
    curve(chart, "hedge, fixed price", runs, "hedge at ");
    curve(chart, "hedge, target 99 / 99.5 / 99.9", runs, "hedge 0.9");
    curve(chart, "SpotHedge, 0 to 3 extra", runs, "spothedge +");
    chart.addSeries("bound", List.of(100 * bound), List.of(0.0));
    save(chart, "spot-" + file(name) + ".png");
  }

  private static void curve(
      XYChart chart, String series, Map<String, SpotRun> runs, String prefix) {
    List<Double> costs = new ArrayList<>();
    List<Double> shortages = new ArrayList<>();
    runs.forEach((policy, run) -> {
      if (policy.startsWith(prefix) && !policy.endsWith("noticed")) {
        costs.add(100 * run.cost());
        shortages.add(100 * (1 - run.availability()));
      }
    });
    chart.addSeries(series, costs, shortages);
  }

  /// Where `hedge` with a target of 99 % held its replicas, one line per zone and one on demand,
  /// over the capacity of the zone in grey.
  void timeline(SpotTrace trace, Setup setup) throws IOException {
    int ticks = Math.min(TIMELINE_TICKS, trace.ticks());
    int rows = trace.zones().size() + 1;
    double[] days = new double[ticks];
    double[][] held = new double[rows][ticks];
    double[][] open = new double[rows][ticks];
    new SpotSimulation(
            trace.part(trace.name(), 0, ticks),
            setup.with(0, 0),
            MixPolicies.hedge(new ShortagePricing.Target(0.99)),
            0)
        .run((tick, spot, onDemand, ready) -> {
          days[tick] = tick / 2880.0;
          for (int row = 0; row < rows; row++) {
            int count = row < spot.length ? spot[row] : onDemand;
            boolean up = row == spot.length || trace.capacity(row, tick) > 0;
            held[row][tick] = row + 0.8 * Math.min(1, count / (setup.wanted() + 2.0));
            open[row][tick] = row + (up ? 0.8 : 0);
          }
        });
    XYChart chart =
        ChartFile.lines(trace.name() + ": replicas by zone, grey: capacity is there", "days", "");
    for (int row = 0; row < rows; row++) {
      String zone = row < rows - 1 ? trace.zones().get(row).zone() : "on demand";
      if (row < rows - 1) {
        chart
            .addSeries("capacity " + zone, days, open[row])
            .setMarker(SeriesMarkers.NONE)
            .setLineColor(Color.LIGHT_GRAY)
            .setShowInLegend(false);
      }
      chart.addSeries(row + " " + zone, days, held[row]).setMarker(SeriesMarkers.NONE);
    }
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Step);
    save(chart, "spot-timeline-" + file(trace.name()) + ".png");
  }

  private void save(XYChart chart, String name) throws IOException {
    ChartFile.prepare(folder);
    ChartFile.save(chart, folder.resolve(name));
  }

  private static String file(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }
}
