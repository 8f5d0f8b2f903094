package io.fleetserve.loadbalancer.admin;

import io.fleetserve.loadbalancer.admin.AdminServer.Content;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/// The metrics page: the load balancer's own metrics, made anew for each scrape out of one reading
/// of all counters, and Micrometer's of the JVM and the process.
///
/// In the format that the scraper asks for: text, OpenMetrics, or Prometheus' binary one, which
/// alone carries native histograms. Thread-safe.
final class Metrics implements AutoCloseable {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final PrometheusMeterRegistry program;
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /// @param own reads the load balancer's metrics
  Metrics(Supplier<MetricSnapshots> own) {
    program = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
    new JvmMemoryMetrics().bindTo(program);
    new JvmThreadMetrics().bindTo(program);
    new FileDescriptorMetrics().bindTo(program);
    new ProcessorMetrics().bindTo(program);
    new UptimeMetrics().bindTo(program);
    collections.bindTo(program);
    registry.register(own::get);
  }

  /// The page.
  ///
  /// @param accept what the scraper asks for; empty for anything
  Content page(String accept) {
    ExpositionFormatWriter writer = formats.findWriter(accept);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Content(200, writer.getContentType(), out.toByteArray());
  }

  @Override
  public void close() {
    collections.close();
    program.close();
  }
}
