package io.fleetserve.benchmarks.chart;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;

/// A chart as a PNG file: the size and the looks that all charts of the project share.
public final class ChartFile {
  /// In pixels.
  public static final int WIDTH = 900;

  /// In pixels.
  public static final int HEIGHT = 480;

  private ChartFile() {}

  /// Makes the folder for charts; to be called before the first is drawn.
  public static void prepare(Path folder) throws IOException {
    System.setProperty("java.awt.headless", "true");
    Files.createDirectories(folder);
  }

  /// A chart of lines, without any yet.
  public static XYChart lines(String title, String x, String y) {
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

  /// Draws the chart; one without a series is not drawn.
  public static void save(Chart<?, ?> chart, Path file) throws IOException {
    if (chart.getSeriesCollection().isEmpty()) {
      return;
    }
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, WIDTH, HEIGHT);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());
  }
}
