package io.fleetserve.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Chooses a port for a server.
///
/// A server may take minutes before it listens, so a port that is merely free now is not enough:
///
/// - below the kernel's ephemeral range, so that no outgoing connection takes it meanwhile;
/// - by the agent's pid, which no other living process has, so that agents that start side by side
///   choose differently without knowing of each other;
/// - read from the kernel's tables, which needs no socket and so no socket classes before the
///   server is spawned.
final class FreePort {
  static final int FIRST = 21_000;
  static final int COUNT = 9_000;

  /// Shares no divisor with COUNT: walks through all, far from the neighbours' first choices.
  private static final int STRIDE = 3_571;

  private FreePort() {}

  static int choose(long pid) throws IOException {
    return choose(pid, taken(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6")));
  }

  static int choose(long pid, Set<Integer> taken) throws IOException {
    for (int attempt = 0; attempt < COUNT; attempt++) {
      int port = FIRST + (int) Math.floorMod(pid + (long) attempt * STRIDE, (long) COUNT);
      if (!taken.contains(port)) {
        return port;
      }
    }
    throw new IOException("no free port between " + FIRST + " and " + (FIRST + COUNT - 1));
  }

  private static Set<Integer> taken(Path... tables) {
    Set<Integer> taken = new HashSet<>();
    for (Path table : tables) {
      for (String line : lines(table)) {
        int colon = line.indexOf(':', line.indexOf(':') + 1); // "  0: 0100007F:1F90 ..."
        if (colon > 0 && line.length() >= colon + 5 && line.charAt(0) == ' ') {
          String port = line.substring(colon + 1, colon + 5);
          if (port.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            taken.add(Integer.parseInt(port, 16));
          }
        }
      }
    }
    return taken;
  }

  private static List<String> lines(Path table) {
    try {
      return Files.readAllLines(table);
    } catch (IOException missing) {
      return List.of(); // no IPv6
    }
  }
}
