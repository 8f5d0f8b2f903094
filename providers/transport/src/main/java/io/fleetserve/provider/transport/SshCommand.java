package io.fleetserve.provider.transport;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The command line of the system's `ssh` for one host. Keys of hosts are always checked and
/// nothing is ever asked at a terminal, so no password is needed or kept; whatever else the user's
/// own configuration says (agents, jump hosts, Kerberos, connection sharing) holds.
///
/// @param host name, address, or an alias of the configuration file
/// @param user null means what `ssh` itself would take
/// @param port 0 means what `ssh` itself would take
/// @param identity file of the private key; null means what `ssh` itself would take
/// @param knownHosts file; null means what `ssh` itself would take
/// @param config file; null means the user's own
public record SshCommand(
    String host,
    @Nullable String user,
    int port,
    @Nullable String identity,
    @Nullable String knownHosts,
    @Nullable String config) {
  private static final int CONNECT_SECONDS = 10;

  public SshCommand {
    if (host.isEmpty() || host.startsWith("-")) {
      throw new IllegalArgumentException("host: " + host + " (expected: a host name)");
    }
  }

  /// With a command for the host's shell, which reads it once more: quote what is in it.
  public List<String> running(String remote) {
    List<String> command = new ArrayList<>();
    command.add("ssh");
    if (config != null) {
      command.addAll(List.of("-F", config));
    }
    option(command, "BatchMode=yes");
    option(command, "StrictHostKeyChecking=yes");
    option(command, "ConnectTimeout=" + CONNECT_SECONDS);
    option(command, "ServerAliveInterval=5");
    option(command, "ServerAliveCountMax=3");
    if (knownHosts != null) {
      option(command, "UserKnownHostsFile=" + knownHosts);
    }
    if (identity != null) {
      command.addAll(List.of("-i", identity));
      option(command, "IdentitiesOnly=yes");
    }
    if (port != 0) {
      command.addAll(List.of("-p", Integer.toString(port)));
    }
    if (user != null) {
      command.addAll(List.of("-l", user));
    }
    command.addAll(List.of("-T", "--", host, remote));
    return command;
  }

  private static void option(List<String> command, String option) {
    command.add("-o");
    command.add(option);
  }

  @Override
  public String toString() {
    return (user == null ? "" : user + "@") + host + (port == 0 ? "" : ":" + port);
  }
}
