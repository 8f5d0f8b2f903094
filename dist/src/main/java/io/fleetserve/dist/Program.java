package io.fleetserve.dist;

import java.util.List;

/// One program of the distribution.
///
/// @param name of its files in `lib/`: `<name>.args`, `<name>.classpath`, `<name>.aot`
/// @param artifacts ids of the modules it is made of; their libraries follow from their manifests
/// @param flags of its JVM. Memory is what an idle program costs on a user's machine, start time
///   what people (and held requests) wait for
record Program(String name, List<String> artifacts, List<String> flags) {
  Program {
    artifacts = List.copyOf(artifacts);
    flags = List.copyOf(flags);
  }

  /// Of the replica agent, of which there is one for each replica.
  static final List<String> AGENT_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xlog:disable",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+UseCompactObjectHeaders",
          "-XX:-AOTClassLinking", // else a cache takes memory for classes that a run may not need
          "-Xmx24m",
          "-Xms5m",
          "-Xmn2m",
          "-Xss512k",
          "-XX:ReservedCodeCacheSize=12m",
          "-XX:TrimNativeHeapInterval=5000");

  static final List<Program> ALL =
      List.of(
          new Program(
              "cli",
              List.of("fleetserve-cli"),
              List.of(
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:-UsePerfData",
                  "-Xlog:disable",
                  "-Xmx128m",
                  "-Dslf4j.internal.verbosity=ERROR", // libraries may log, the command line does
                  // not
                  "-Dsun.net.http.retryPost=false",
                  "--enable-native-access=ALL-UNNAMED")),
          new Program(
              "controller",
              List.of(
                  "fleetserve-controller",
                  "fleetserve-provider-local",
                  "fleetserve-provider-sim",
                  "fleetserve-provider-ssh",
                  "fleetserve-provider-docker",
                  "fleetserve-provider-slurm"),
              List.of(
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:-UsePerfData",
                  "-Xlog:disable",
                  "-XX:+ExitOnOutOfMemoryError",
                  "-Xmx192m",
                  "--enable-native-access=ALL-UNNAMED")),
          new Program(
              "loadbalancer",
              List.of("fleetserve-loadbalancer"),
              List.of(
                  "-XX:+UseSerialGC",
                  "-XX:-UsePerfData",
                  "-Xlog:disable",
                  "-XX:+ExitOnOutOfMemoryError",
                  "-Xmx256m",
                  "-Xms32m",
                  // A whole collection, which follows growth, gives back what it freed.
                  "-XX:MinHeapFreeRatio=10",
                  "-XX:MaxHeapFreeRatio=20",
                  "-XX:-ShrinkHeapInSteps",
                  "-Xmn10m",
                  "-XX:SurvivorRatio=3",
                  "-XX:TrimNativeHeapInterval=2000", // what the compiler used goes back
                  "-XX:+UseCompactObjectHeaders",
                  "-XX:ReservedCodeCacheSize=48m",
                  // The other one takes buffers of 64 kB from malloc, each anew.
                  "-Dio.netty.allocator.type=pooled",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow")),
          new Program("agent", List.of("fleetserve-replica-agent"), AGENT_FLAGS));
}
