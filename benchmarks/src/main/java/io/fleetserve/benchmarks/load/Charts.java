package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.chart.ChartFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws a report as PNG files. What was not measured is not drawn.
final class Charts {
  private static final List<String> PROXIES = List.of("fleetserve", "nginx", "haproxy");

  private final Report report;

  Charts(Report report) {
    this.report = report;
  }

  /// Writes `load-cpu.png`, `load-latency-50.png`, `load-latency-80.png`, `load-memory.png` and
  /// `load-start.png`.
  void write(Path folder) throws IOException {
    ChartFile.prepare(folder);
    cpu(folder.resolve("load-cpu.png"));
    for (String workload : List.of("latency-50", "latency-80")) {
      latency(workload, folder.resolve("load-" + workload + ".png"));
    }
    memory(folder.resolve("load-memory.png"));
    start(folder.resolve("load-start.png"));
  }

  /// CPU time as a ratio to the better of the others: comparable over workloads.
  private void cpu(Path file) throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("CPU per small request", "small request");
    names.put("CPU per streamed event", "streamed event");
    names.put("CPU per MB, download", "MB down");
    names.put("CPU per MB, upload", "MB up");
    names.put("CPU per small request over TLS 1.3", "small, TLS 1.3");
    List<Comparison> drawn =
        report.comparisons().stream().filter(c -> names.containsKey(c.name())).toList();
    bars(
        "CPU time of the proxy, ratio to the better of nginx and HAProxy (less is better)",
        drawn.stream().map(c -> names.get(c.name())).toList(),
        drawn.stream().map(Charts::ratios).toList(),
        file);
  }

  private void memory(Path file) throws IOException {
    List<Comparison> drawn =
        report.comparisons().stream().filter(c -> c.name().startsWith("resident memory")).toList();
    bars(
        "Resident memory with 10,000 idle client connections, MB",
        drawn.stream().map(c -> "10,000 idle connections").toList(),
        drawn.stream().map(Charts::medians).toList(),
        file);
  }

  private static Map<String, Double> medians(Comparison comparison) {
    Map<String, Double> medians = new LinkedHashMap<>();
    comparison.subjects().forEach((subject, spread) -> medians.put(subject, spread.median()));
    return medians;
  }

  private static Map<String, Double> ratios(Comparison comparison) {
    Map<String, Double> medians = medians(comparison);
    double best =
        Comparison.OTHERS.stream()
            .filter(medians::containsKey)
            .mapToDouble(medians::get)
            .min()
            .orElse(1);
    medians.replaceAll((subject, value) -> value / best);
    return medians;
  }

  private static void bars(
      String title, List<String> groups, List<Map<String, Double>> values, Path file)
      throws IOException {
    if (groups.isEmpty()) {
      return;
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(ChartFile.WIDTH)
            .height(ChartFile.HEIGHT)
            .theme(ChartTheme.GGPlot2)
            .title(title)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setLabelsPosition(1);
    chart.getStyler().setYAxisMin(0.0);
    for (String subject : PROXIES) {
      List<Double> bars = values.stream().map(group -> group.getOrDefault(subject, 0.0)).toList();
      if (bars.stream().anyMatch(bar -> bar > 0)) {
        chart.addSeries(subject, groups, bars);
      }
    }
    ChartFile.save(chart, file);
  }

  private void latency(String workload, Path file) throws IOException {
    XYChart chart =
        ChartFile.lines(
            "Latency at a constant rate, " + workload.replace("latency-", "") + " % of capacity",
            "nines of the percentile (1 = p90, 2 = p99, 3 = p99.9)",
            "microseconds");
    chart.getStyler().setYAxisLogarithmic(true);
    for (String subject : List.of("fleetserve", "nginx", "haproxy", "direct")) {
      Histogram histogram = report.latency(workload, subject);
      if (histogram.getTotalCount() > 0) {
        List<Double> nines = new ArrayList<>();
        List<Double> micros = new ArrayList<>();
        for (double nine = 0; nine <= 3.5; nine += 0.1) {
          nines.add(nine);
          micros.add(histogram.getValueAtPercentile(100 * (1 - Math.pow(10, -nine))) / 1e3);
        }
        chart.addSeries(subject, nines, micros).setMarker(SeriesMarkers.NONE);
      }
    }
    ChartFile.save(chart, file);
  }

  /// The last round: a restart.
  private void start(Path file) throws IOException {
    XYChart chart =
        ChartFile.lines(
            "Throughput after a restart", "seconds since the start", "answers a second");
    for (String subject : PROXIES) {
      report.starts().stream()
          .filter(curve -> curve.subject().equals(subject))
          .reduce((earlier, later) -> later)
          .ifPresent(curve -> {
            List<Double> seconds = new ArrayList<>();
            for (int slot = 0; slot < curve.perSecond().size() - 2; slot++) {
              seconds.add(curve.secondsOf(slot));
            }
            chart
                .addSeries(subject, seconds, curve.perSecond().subList(0, seconds.size()))
                .setMarker(SeriesMarkers.NONE);
          });
    }
    ChartFile.save(chart, file);
  }
}
