package io.fleetserve.controller.home;

import io.fleetserve.api.config.ConfigSection;
import io.fleetserve.api.config.ConfigText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Reads `config.yaml`. Strict: an unknown key or a wrong value is an error that names the place,
/// the value, what is expected and the nearest key. A missing file means all defaults.
public final class ConfigReader {
  private static final Pattern AGENTS_URL = Pattern.compile("https://[^/:@?#\\s]+:[0-9]{1,5}");

  /// As `controller.agents.url`: the address of the tunnels' port.
  private static final String BY_TUNNEL = "tunnel";

  private static final Pattern TUNNEL_ADDRESS =
      Pattern.compile("([^/:@?#\\s]+|\\[[0-9a-fA-F:]+\\]):[0-9]{1,5}");

  /// Seconds; agents call every five, and need some calls in the half that is left for a renewal.
  private static final int SHORTEST_CERTIFICATE = 20;

  private static final int LONGEST_CERTIFICATE = 31_536_000;

  private ConfigReader() {}

  /// Throws a [StartupException] with one line per error, in file order.
  public static ControllerConfig read(Path file) {
    if (!Files.exists(file)) {
      return ControllerConfig.DEFAULT;
    }
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new StartupException("cannot read " + file + ": " + HomeFolder.reason(e), e);
    }
  }

  /// The same from a text; `fileName` is for messages.
  static ControllerConfig parse(String fileName, String yaml) {
    ConfigText text = new ConfigText(fileName, yaml);
    ConfigSection root = text.root();
    ControllerConfig standard = ControllerConfig.DEFAULT;
    ConfigSection api = root.section("controller");
    ConfigSection agents = api.section("agents");
    ConfigSection balancer = root.section("load_balancer");
    ConfigSection history = root.section("history");
    ConfigSection logs = root.section("logs");
    ControllerConfig config =
        new ControllerConfig(
            new ControllerConfig.Api(
                api.port("port", standard.controller().port(), 0),
                agents(agents, balancer.keys().contains("tunnel"))),
            new ControllerConfig.Balancer(
                balancer.port("first_port", standard.loadBalancer().firstPort(), 1),
                balancer.port("shared_port", standard.loadBalancer().sharedPort(), 0),
                balancer.text("bind_host", standard.loadBalancer().bindHost()),
                balancer.port("admin_port", standard.loadBalancer().adminPort(), 0),
                balancer.choice("transport", standard.loadBalancer().transport()),
                BalancerOptions.read(balancer, folderOf(fileName)),
                balancer.keys().contains("tunnel") ? tunnel(balancer.section("tunnel")) : null),
            providers(root.section("providers")),
            new ControllerConfig.History(
                history.integer("failed_replicas", standard.history().failedReplicas(), 0, 10_000),
                history.integer("events", standard.history().events(), 100, 10_000_000)),
            new ControllerConfig.Logs(
                logs.bytes("replica_bytes", standard.logs().replicaBytes()),
                logs.bytes("access_bytes", standard.logs().accessBytes()),
                logs.bytes("program_bytes", standard.logs().programBytes())));
    for (ConfigSection section : new ConfigSection[] {root, api, agents, balancer, history, logs}) {
      section.refuseOthers();
    }
    String errors = text.errors();
    if (!errors.isEmpty()) {
      throw new StartupException(errors);
    }
    return config;
  }

  private static ControllerConfig.Agents agents(ConfigSection section, boolean tunnels) {
    ControllerConfig.Agents standard = ControllerConfig.DEFAULT.controller().agents();
    String url = section.text("url", standard.url());
    boolean byTunnel = url.equals(BY_TUNNEL);
    if (byTunnel && !tunnels) {
      section.wrong("url", "https://HOST:PORT, or load_balancer.tunnel set beside this");
    } else if (!byTunnel && !url.isEmpty() && !AGENTS_URL.matcher(url).matches()) {
      section.wrong("url", "https://HOST:PORT as agents on other machines reach it, or tunnel");
    }
    return new ControllerConfig.Agents(
        section.text("bind_host", standard.bindHost()),
        section.port("port", standard.port(), 0),
        byTunnel ? "" : url,
        byTunnel,
        Duration.ofSeconds(
            section.integer(
                "certificate_seconds",
                (int) standard.certificateLife().toSeconds(),
                SHORTEST_CERTIFICATE,
                LONGEST_CERTIFICATE)));
  }

  private static ControllerConfig.Tunnel tunnel(ConfigSection section) {
    ControllerConfig.Tunnel standard = ControllerConfig.Tunnel.DEFAULT;
    String address = section.text("address", standard.address());
    if (!address.isEmpty() && !TUNNEL_ADDRESS.matcher(address).matches()) {
      section.wrong("address", "HOST:PORT as agents on other machines reach it");
    }
    ControllerConfig.Tunnel tunnel =
        new ControllerConfig.Tunnel(
            section.text("bind_host", standard.bindHost()),
            section.port("port", standard.port(), 0),
            address);
    section.refuseOthers();
    return tunnel;
  }

  private static Path folderOf(String fileName) {
    Path folder = Path.of(fileName).toAbsolutePath().getParent();
    return folder == null ? Path.of("/") : folder;
  }

  private static Map<String, ControllerConfig.Provider> providers(ConfigSection section) {
    Map<String, ControllerConfig.Provider> all = new LinkedHashMap<>();
    for (String name : section.keys()) {
      ConfigSection one = section.section(name);
      all.put(
          name,
          new ControllerConfig.Provider(
              one.flag("enabled", true), one.others(), section.places(name)));
    }
    return all;
  }
}
