package io.fleetserve.controller.spot;

/// How likely a zone is to lose its spot capacity.
///
/// The longer a zone has been up, the safer it is: over months of traces of three clouds' zones the
/// rate of loss falls like 0.75 / (age + 22 min). This is a Lomax (Pareto II) lifetime.
final class Hazard {
  private static final double SHAPE = 0.75;

  /// 22.5 minutes.
  static final double SCALE_MILLIS = 22.5 * 60_000;

  private Hazard() {}

  /// Expected losses of an average zone between two ages, milliseconds; 0 where `to` is not after
  /// `from`.
  static double baseline(long from, long to) {
    double start = Math.max(0, from);
    return to <= start ? 0 : SHAPE * Math.log((to + SCALE_MILLIS) / (start + SCALE_MILLIS));
  }
}
