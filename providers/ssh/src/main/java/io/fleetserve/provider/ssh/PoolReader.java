package io.fleetserve.provider.ssh;

import io.fleetserve.api.config.ConfigSection;
import io.fleetserve.api.config.ConfigText;
import io.fleetserve.provider.ssh.Pool.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads `ssh:` of `infra.yaml`. Strict: every error names file, line, column, key, value and what
/// is expected. A host takes from its pool what it does not say itself.
final class PoolReader {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,62})");
  private static final double GIB = 1L << 30;

  private final Path userHome;
  private final String userName;

  /// @param userHome for which `~` stands
  /// @param userName the default user on hosts
  PoolReader(Path userHome, String userName) {
    this.userHome = userHome;
    this.userName = userName;
  }

  /// Pools by name.
  ///
  /// @param fileName for messages
  /// @throws IllegalArgumentException with one line per error, in file order
  Map<String, Pool> read(String fileName, String yaml) {
    ConfigText text = new ConfigText(fileName, yaml);
    ConfigSection ssh = text.root().section(SshProvider.NAME);
    Map<String, Pool> pools = new LinkedHashMap<>();
    for (String name : ssh.keys()) {
      if (!NAME.matcher(name).matches()) {
        ssh.wrong(name, "a pool's name of letters, digits, '.', '_' and '-'");
      }
      pools.put(name, pool(name, ssh.section(name)));
    }
    String errors = text.errors();
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(errors);
    }
    return pools;
  }

  private Pool pool(String name, ConfigSection section) {
    Settings settings = settings(section, null);
    double price = section.number("price_per_hour", 0, 0);
    List<Host> hosts = new ArrayList<>();
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (ConfigSection each : section.sections("hosts", "host")) {
      String target = each.required("host", "a host name or an address");
      String hostName = each.text("name", target);
      if (!NAME.matcher(hostName).matches()) {
        each.wrong("name", "letters, digits, '.', '_' and '-', unique in the pool");
      } else if (seen.merge(hostName, 1, Integer::sum) > 1) {
        each.wrong("host", "each host once in a pool; give one a name of its own");
      }
      Settings own = settings(each, settings);
      hosts.add(
          new Host(
              name,
              hostName,
              target,
              each.text("address", target),
              own.port,
              own.user,
              own.identityFile,
              own.knownHosts,
              each.texts("labels", settings.labels),
              own.cpus,
              own.memoryBytes,
              own.accelerators));
      each.refuseOthers();
    }
    if (hosts.isEmpty()) {
      section.wrong("hosts", "a list of at least one host");
    }
    section.refuseOthers();
    return new Pool(name, price, hosts);
  }

  private record Settings(
      int port,
      String user,
      Path identityFile,
      Path knownHosts,
      Map<String, String> labels,
      @Nullable Double cpus,
      @Nullable Long memoryBytes,
      @Nullable Map<String, Integer> accelerators) {}

  private Settings settings(ConfigSection section, @Nullable Settings pool) {
    section.forbid("password", "a key file in identity_file; passwords are never read from files");
    double cpus = section.number("cpus", 0, 0.001);
    double memory = section.number("memory", 0, 0.001);
    Map<String, Integer> accelerators = section.counts("accelerators");
    Path key = path(section.text("identity_file", ""));
    Path known = path(section.text("known_hosts", ""));
    boolean own = section.keys().contains("accelerators");
    return new Settings(
        section.port("port", pool == null ? 22 : pool.port, 1),
        section.text("user", pool == null ? userName : pool.user),
        key != null ? key : pool == null ? userHome.resolve(".ssh/id_ed25519") : pool.identityFile,
        known != null
            ? known
            : pool == null ? userHome.resolve(".ssh/known_hosts") : pool.knownHosts,
        pool == null ? section.texts("labels", Map.of()) : pool.labels,
        cpus > 0 ? Double.valueOf(cpus) : pool == null ? null : pool.cpus,
        memory > 0 ? Long.valueOf((long) (memory * GIB)) : pool == null ? null : pool.memoryBytes,
        own ? accelerators : pool == null ? null : pool.accelerators);
  }

  private @Nullable Path path(String text) {
    if (text.isEmpty()) {
      return null;
    }
    return text.startsWith("~/") ? userHome.resolve(text.substring(2)) : userHome.resolve(text);
  }
}
