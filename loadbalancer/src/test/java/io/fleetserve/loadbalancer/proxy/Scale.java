package io.fleetserve.loadbalancer.proxy;

/// How much a test does: a little in every build, much in the nightly one (`-Pnightly`).
final class Scale {
  private static final boolean NIGHTLY = Boolean.getBoolean("fleetserve.nightly");

  private Scale() {}

  static boolean isNightly() {
    return NIGHTLY;
  }

  static int of(int everyBuild, int nightly) {
    return NIGHTLY ? nightly : everyBuild;
  }
}
