package io.fleetserve.loadbalancer;

import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.loadbalancer.handover.HandoverRefused;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.warmup.WarmUp;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;

/// Starts a load balancer: its last argument is the file of a [LoadBalancerBoot]. With `--replace`
/// before it, it takes over from the one that serves now.
///
/// SIGTERM stops it in order within 30 s, exit code 0; so does the end of its requests after a
/// successor has taken over. Exit code 1 when it cannot start, 2 for wrong arguments, 3 when it
/// cannot take over and the other one serves on.
public final class LoadBalancerMain {
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final int USUAL_FILES = 1024;
  private static final int MOST_CONNECTIONS = 20_000;

  private static volatile boolean leaving;

  private LoadBalancerMain() {}

  public static void main(String[] args) throws InterruptedException {
    boolean replace = args.length == 2 && args[0].equals("--replace");
    if (args.length != 1 && !replace) {
      System.err.println("usage: fleetserve-loadbalancer [--replace] BOOT.json");
      System.exit(2);
    }
    Path file = Path.of(args[args.length - 1]);
    LoadBalancer balancer;
    try {
      LoadBalancerBoot boot =
          Json.MAPPER.readValue(Files.readAllBytes(file), LoadBalancerBoot.class);
      System.setProperty("fleetserve.log", logFile(boot).toString()); // before anything may log
      if (System.getProperty("io.netty.leakDetection.level") == null) {
        // A stack trace for every 128th buffer: for the tests, which look for leaks in every
        // buffer.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
      }
      WarmUp.run(boot.transport(), WARM_UP);
      ProxySettings settings = ProxySettings.of(boot.options(), maxConnections());
      balancer =
          replace
              ? LoadBalancer.replace(boot, settings, startedAtMillis(), LoadBalancerMain::left)
              : LoadBalancer.start(boot, settings, startedAtMillis(), LoadBalancerMain::left);
    } catch (HandoverRefused e) {
      System.err.println("load balancer cannot take over: " + e.getMessage());
      System.exit(3);
      return;
    } catch (IOException | JacksonException e) {
      System.err.println("load balancer cannot start: " + file + ": " + e.getMessage());
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
                    balancer.stop(leaving ? Duration.ZERO : GRACE);
                  } catch (InterruptedException ignored) {
                    // The process ends either way.
                  }
                  // Asked to end and ended in order is no failure.
                  Runtime.getRuntime().halt(0);
                },
                "stop"));
    HeapGrowth heap = HeapGrowth.ofProcess();
    while (!never.await(1, TimeUnit.SECONDS)) {
      heap.look();
    }
  }

  /// Nothing is left to do: the shutdown hook closes what is open.
  private static void left() {
    leaving = true;
    System.exit(0);
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
