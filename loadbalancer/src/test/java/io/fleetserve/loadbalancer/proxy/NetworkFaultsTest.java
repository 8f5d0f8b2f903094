package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import org.junit.jupiter.api.Test;

/// Faults of the network below, nightly: in a network namespace of its own, of which only the
/// loopback device exists. Needs root, iproute2 and nftables.
final class NetworkFaultsTest {
  @Test
  void errorsComeOnlyFromTimeLimits() {
    assumeTrue(Scale.isNightly(), "only nightly");
    Tools.need("nft");
    Tools.need("ip");
    String name = "fleetserve-" + ProcessHandle.current().pid();
    assumeTrue(Tools.exit("ip", "netns", "add", name) == 0, "no network namespaces here");
    try {
      Tools.run("ip", "-n", name, "link", "set", "lo", "up");
      String java = System.getProperty("java.home") + File.separator + "bin" + File.separator;
      String output =
          Tools.output(
              "ip",
              "netns",
              "exec",
              name,
              java + "java",
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-cp",
              System.getProperty("java.class.path"),
              NetworkFaults.class.getName());

      assertThat(output.lines().toList()).contains(NetworkFaults.PASSED);
    } finally {
      Tools.run("ip", "netns", "delete", name);
    }
  }
}
