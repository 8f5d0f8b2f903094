package io.fleetserve.testing.fleet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A network namespace at the end of a long way: what runs there by [#far] reaches this side at
/// [#near], and is reached at [#there], each packet some time later. [#close] ends the way and
/// removes the namespace, but not processes in it. Needs root, `ip`, `nsenter` and `/dev/net/tun`.
public final class WanLink implements AutoCloseable {
  private static final Path SCRIPT =
      Path.of(System.getProperty("fleetserve.shared", "../shared"), "bin/wan-link.py");
  private static final Path TUN = Path.of("/dev/net/tun");
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final int MOST = 250;

  private final int number;
  private final Path folder;
  private final Process process;

  private WanLink(int number, Path folder, Process process) {
    this.number = number;
    this.folder = folder;
    this.process = process;
  }

  /// Why there can be none here; empty when there can.
  public static Optional<String> missing() {
    Optional<String> missing =
        Script.missing(
            "long-way", SCRIPT, List.of("ip", "nsenter", "python3"), "iproute2 util-linux python3");
    return missing.isEmpty() && !Files.exists(TUN)
        ? Optional.of("no long-way test: " + TUN + " is missing")
        : missing;
  }

  /// Makes the namespace and the way to it.
  ///
  /// @param delay of each packet, in each direction
  /// @throws IOException when the machine does not allow it
  public static WanLink start(Duration delay) throws IOException {
    int number = free();
    Path folder = Files.createTempDirectory("fleetserve-link");
    Path control = folder.resolve("control");
    ip("netns", "attach", near(number), Long.toString(ProcessHandle.current().pid()));
    List<String> command =
        List.of(
            "python3",
            SCRIPT.toString(),
            near(number),
            address(number, 1),
            far(number),
            address(number, 2),
            "--dev",
            near(number),
            "--delay",
            Double.toString(delay.toNanos() / 1e6),
            "--control",
            control.toString());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(folder.resolve("link.log").toFile());
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    WanLink link = new WanLink(number, folder, builder.start());
    BufferedReader said = link.process.inputReader(StandardCharsets.UTF_8);
    String line = said.readLine();
    if (!"ready".equals(line)) {
      String why = Files.readString(folder.resolve("link.log"));
      link.close();
      throw new IOException("no link: " + line + "\n" + why);
    }
    return link;
  }

  private static int free() throws IOException {
    for (int number = (int) (ProcessHandle.current().pid() % MOST), tried = 0;
        tried < MOST;
        number = (number + 1) % MOST, tried++) {
      if (!Files.exists(NAMESPACES.resolve(near(number)))
          && !Files.exists(NAMESPACES.resolve(far(number)))) {
        return number;
      }
    }
    throw new IOException("no link: all names are taken");
  }

  /// Also the name of the device, on both sides.
  private static String near(int number) {
    return "fsnear" + number;
  }

  private static String far(int number) {
    return "fsfar" + number;
  }

  /// Of the range for measurements between networks (RFC 2544).
  private static String address(int number, int end) {
    return "198.19." + number + "." + end;
  }

  private static void ip(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    Script.output(command, Map.of(), 20);
  }

  /// This side's address.
  public String near() {
    return address(number, 1);
  }

  /// The other side's address.
  public String there() {
    return address(number, 2);
  }

  /// A command that runs on the other side.
  public List<String> far(List<String> command) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("nsenter", "--net=" + NAMESPACES.resolve(far(number))));
    words.addAll(command);
    return words;
  }

  /// From now on every packet is lost.
  public void cut() throws IOException {
    tell("down");
  }

  /// Packets pass again.
  public void mend() throws IOException {
    tell("up");
  }

  private void tell(String line) throws IOException {
    Files.writeString(folder.resolve("control"), line + "\n");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      Path nowhere = Path.of("/dev/null");
      for (String name : List.of(near(number), far(number))) {
        Script.run(List.of("ip", "netns", "del", name), Map.of(), nowhere, 20);
      }
      for (String file : List.of("control", "link.log")) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
