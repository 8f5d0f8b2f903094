package io.fleetserve.testing.fleet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rules of the machine's own packet filter that drop what goes to and comes from a place, in
/// silence, as a broken link does. [#close] takes them away again. Needs root and `iptables`.
public final class Firewall implements AutoCloseable {
  private final List<List<String>> rules = new ArrayList<>();

  private Firewall() {}

  /// Why there can be none here; empty when there can.
  public static Optional<String> missing() {
    if (!Script.isThere("iptables")) {
      return Optional.of("no firewall test: iptables is missing (apt-get install iptables)");
    }
    try {
      Script.output(List.of("iptables", "-n", "-L", "OUTPUT"), Map.of(), 10);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("no firewall test: " + e.getMessage());
    }
  }

  /// Cuts off addresses and ports.
  ///
  /// @param ends `127.0.0.9` for all of an address, `127.0.0.1:80` for a port of it
  public static Firewall cut(List<String> ends) throws IOException {
    Firewall cut = new Firewall();
    try {
      for (String end : ends) {
        String[] parts = end.split(":", 2);
        cut.drop("-d", "--dport", parts);
        cut.drop("-s", "--sport", parts);
      }
      return cut;
    } catch (IOException e) {
      cut.close();
      throw e;
    }
  }

  private void drop(String address, String port, String[] parts) throws IOException {
    List<String> rule = new ArrayList<>(List.of("OUTPUT", address, parts[0]));
    if (parts.length > 1) {
      rule.addAll(List.of("-p", "tcp", port, parts[1]));
    }
    rule.addAll(List.of("-j", "DROP"));
    iptables("-I", rule);
    rules.add(rule);
  }

  private static void iptables(String verb, List<String> rule) throws IOException {
    List<String> command = new ArrayList<>(List.of("iptables", "-w", "10", verb));
    command.addAll(rule);
    Script.output(command, Map.of(), 20);
  }

  @Override
  public void close() throws IOException {
    while (!rules.isEmpty()) {
      iptables("-D", rules.removeLast());
    }
  }
}
