package io.fleetserve.loadbalancer.admin;

import io.fleetserve.loadbalancer.telemetry.Buckets;
import io.fleetserve.loadbalancer.telemetry.TrafficStats.Times;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.util.EnumMap;
import java.util.Map;

/// Collects the values of one scrape, family by family. Confined to one thread.
final class Exposition {
  private static final double[] BOUNDS = Buckets.bounds();

  private final Map<Family, CounterSnapshot.Builder> counters = new EnumMap<>(Family.class);
  private final Map<Family, GaugeSnapshot.Builder> gauges = new EnumMap<>(Family.class);
  private final Map<Family, HistogramSnapshot.Builder> histograms = new EnumMap<>(Family.class);

  void counter(Family family, Labels labels, long value) {
    counters
        .computeIfAbsent(
            family, key -> CounterSnapshot.builder().name(key.metricName()).help(key.help()))
        .dataPoint(CounterDataPointSnapshot.builder().labels(labels).value((double) value).build());
  }

  void gauge(Family family, Labels labels, long value) {
    gauges
        .computeIfAbsent(
            family, key -> GaugeSnapshot.builder().name(key.metricName()).help(key.help()))
        .dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value((double) value).build());
  }

  /// A histogram in both forms: classic buckets for every reader, native ones for those that ask
  /// for the binary format.
  void histogram(Family family, Labels labels, Times times) {
    NativeHistogramBuckets.Builder fine = NativeHistogramBuckets.builder();
    long[] counts = times.fine();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        fine.bucket(Times.FIRST_INDEX + i, counts[i]);
      }
    }
    add(
        family,
        classic(labels, times.coarse())
            .nativeSchema(Times.SCHEMA)
            .nativeZeroCount(0)
            .nativeZeroThreshold(0)
            .nativeBucketsForPositiveValues(fine.build())
            .build());
  }

  /// A histogram in the classic form alone.
  void histogram(Family family, Labels labels, Buckets.Snapshot times) {
    add(family, classic(labels, times).build());
  }

  private static HistogramDataPointSnapshot.Builder classic(Labels labels, Buckets.Snapshot times) {
    ClassicHistogramBuckets.Builder classic = ClassicHistogramBuckets.builder();
    for (int i = 0; i < BOUNDS.length; i++) {
      classic.bucket(BOUNDS[i], times.counts()[i]);
    }
    classic.bucket(Double.POSITIVE_INFINITY, times.counts()[BOUNDS.length]);
    HistogramDataPointSnapshot.Builder point = HistogramDataPointSnapshot.builder();
    point.labels(labels);
    point.sum(times.totalNanos() / 1e9);
    return point.classicHistogramBuckets(classic.build());
  }

  private void add(Family family, HistogramDataPointSnapshot point) {
    histograms
        .computeIfAbsent(
            family, key -> HistogramSnapshot.builder().name(key.metricName()).help(key.help()))
        .dataPoint(point);
  }

  MetricSnapshots all() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    gauges.values().forEach(family -> all.metricSnapshot(family.build()));
    counters.values().forEach(family -> all.metricSnapshot(family.build()));
    histograms.values().forEach(family -> all.metricSnapshot(family.build()));
    return all.build();
  }
}
