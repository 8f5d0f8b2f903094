/// Charts as PNG files, for every benchmark that draws. Start in [ChartFile].
@NullMarked
package io.fleetserve.benchmarks.chart;

import org.jspecify.annotations.NullMarked;
