package io.fleetserve.benchmarks.sim.load;

import io.fleetserve.benchmarks.sim.load.Experiment.Result;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws, for each load, the frontier (waiting against replica-hours) and replicas against demand.
final class LoadCharts {
  private static final int GRID = 30;
  private static final int WIDTH = 900;
  private static final int HEIGHT = 480;

  private LoadCharts() {}

  static void write(List<Experiment> experiments, Path folder) throws IOException {
    System.setProperty("java.awt.headless", "true");
    Files.createDirectories(folder);
    for (Experiment experiment : experiments) {
      String name = experiment.load().name();
      save(frontier(experiment), folder.resolve("autoscaling-frontier-" + name + ".png"));
      save(replicas(experiment), folder.resolve("autoscaling-replicas-" + name + ".png"));
    }
  }

  private static XYChart frontier(Experiment experiment) {
    XYChart chart =
        chart(
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
        chart(experiment.load().name() + ": ready replicas", "minutes", "replicas of 8 slots");
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

  private static XYChart chart(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .theme(ChartTheme.GGPlot2)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    return chart;
  }

  private static void save(XYChart chart, Path file) throws IOException {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, WIDTH, HEIGHT);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());
  }
}
