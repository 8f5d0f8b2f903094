package io.fleetserve.loadbalancer;

import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import tools.jackson.core.JacksonException;

/// Starts a load balancer: its only argument is the file of a [LoadBalancerBoot].
///
/// SIGTERM stops it in order within 30 s, exit code 0. Exit code 1 when it cannot start, 2 for
/// wrong arguments.
public final class LoadBalancerMain {
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final int USUAL_FILES = 1024;
  private static final int MOST_CONNECTIONS = 20_000;

  private LoadBalancerMain() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1) {
      System.err.println("usage: fleetserve-loadbalancer BOOT.json");
      System.exit(2);
    }
    if (System.getProperty("io.netty.leakDetection.level") == null) {
      // A stack trace for every 128th buffer: for the tests, which look for leaks in every buffer.
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
    LoadBalancer balancer;
    try {
      LoadBalancerBoot boot =
          Json.MAPPER.readValue(Files.readAllBytes(Path.of(args[0])), LoadBalancerBoot.class);
      System.setProperty("fleetserve.log", logFile(boot).toString());
      balancer =
          LoadBalancer.start(boot, ProxySettings.defaults(maxConnections()), startedAtMillis());
    } catch (IOException | JacksonException e) {
      System.err.println("load balancer cannot start: " + args[0] + ": " + e.getMessage());
      System.exit(1);
      return;
    } catch (RuntimeException e) {
      System.err.println("load balancer cannot start: " + e);
      System.exit(1);
      return;
    }
    CountDownLatch never = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    balancer.stop(GRACE);
                  } catch (InterruptedException ignored) {
                    // The process ends either way.
                  }
                  // Asked to end and ended in order is no failure.
                  Runtime.getRuntime().halt(0);
                },
                "stop"));
    never.await();
  }

  /// Beside the access log, where the home keeps its logs.
  private static Path logFile(LoadBalancerBoot boot) {
    Path folder =
        boot.accessLog().isEmpty()
            ? Path.of(boot.folder())
            : Path.of(boot.accessLog()).toAbsolutePath().getParent();
    return (folder == null ? Path.of(boot.folder()) : folder).resolve("loadbalancer.log");
  }

  private static long startedAtMillis() {
    return ProcessHandle.current().info().startInstant().orElseGet(Instant::now).toEpochMilli();
  }

  /// Each client may need a second descriptor for its replica; some are kept for the rest.
  private static int maxConnections() {
    int files = USUAL_FILES;
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith("Max open files")) {
          String soft = line.substring("Max open files".length()).strip().split("\\s+", 2)[0];
          files = soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft);
        }
      }
    } catch (IOException | NumberFormatException ignored) {
      // No such file here: the usual limit is a safe guess.
    }
    return Math.clamp((files - 128L) / 2, 64, MOST_CONNECTIONS);
  }
}
