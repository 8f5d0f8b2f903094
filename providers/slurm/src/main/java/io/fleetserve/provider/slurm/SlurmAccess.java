package io.fleetserve.provider.slurm;

import io.fleetserve.provider.SettingsSection;
import io.fleetserve.provider.transport.Dialer;
import io.fleetserve.provider.transport.HttpCaller;
import io.fleetserve.provider.transport.PemTls;
import io.fleetserve.provider.transport.SshCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How a cluster is reached.
///
/// @param rest whether by `slurmrestd`, which knows fewer options than `sbatch`
record SlurmAccess(SlurmTransport transport, boolean rest) {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final String URL_FORMS = "http://host:port, https://host:port or unix:///path";

  /// Options that this provider gives itself, by which it finds its jobs again.
  private static final Set<String> OWN =
      Set.of(
          "parsable",
          "export",
          "requeue",
          "no-requeue",
          "chdir",
          "job-name",
          "comment",
          "output",
          "error",
          "partition",
          "nodes",
          "ntasks",
          "ntasks-per-node",
          "array",
          "wrap",
          "wait");

  /// Reads the one of `rest`, `ssh` and `local` that is there.
  static SlurmAccess read(SettingsSection cluster) {
    Map<String, String> environment =
        cluster.text("slurm_conf").map(conf -> Map.of("SLURM_CONF", conf)).orElse(Map.of());
    boolean local = cluster.flag("local", false);
    String bin = cluster.text("bin").map(folder -> folder + "/").orElse("");
    int ways = (cluster.has("rest") ? 1 : 0) + (cluster.has("ssh") ? 1 : 0) + (local ? 1 : 0);
    if (ways != 1) {
      cluster.missing("rest", "exactly one of rest, ssh, and local: true");
    }
    if (cluster.has("rest")) {
      return rest(cluster.section("rest"));
    }
    Optional<SshCommand> ssh =
        cluster.has("ssh") ? Optional.of(ssh(cluster.section("ssh"))) : Optional.empty();
    return new SlurmAccess(new ShellTransport(new Shell(ssh, environment), bin), false);
  }

  private static SshCommand ssh(SettingsSection section) {
    String host = section.text("host").orElse("");
    boolean valid = !host.isEmpty() && !host.startsWith("-");
    if (!valid) {
      section.missing("host", "the login node");
    }
    SshCommand ssh =
        new SshCommand(
            valid ? host : "login-node",
            section.text("user").orElse(null),
            section.whole("port", 0, 0, 65_535),
            section.text("identity").orElse(null),
            section.text("known_hosts").orElse(null),
            section.text("config").orElse(null));
    section.refuseOthers();
    return ssh;
  }

  private static SlurmAccess rest(SettingsSection section) {
    String url = section.text("url").orElse("");
    String user = section.text("user").orElse(System.getProperty("user.name"));
    String api = section.text("api").orElse("v0.0.41");
    Path token = section.text("token_file").map(Path::of).orElse(null);
    Path authority = section.text("ca").map(Path::of).orElse(null);
    if (!api.matches("v0\\.0\\.\\d{2,3}")) {
      section.wrong("api", api, "a version such as v0.0.41");
      api = "v0.0.41";
    }
    HttpCaller caller;
    try {
      caller = caller(url, authority);
    } catch (IllegalArgumentException e) {
      section.wrong("url", url.isEmpty() ? "missing" : url, URL_FORMS);
      caller = new HttpCaller(Dialer.tcp("127.0.0.1", 1, CONNECT), "slurm", Map.of());
    } catch (IOException e) {
      section.wrong("ca", e.getMessage(), "a readable file in PEM form");
      caller = new HttpCaller(Dialer.tcp("127.0.0.1", 1, CONNECT), "slurm", Map.of());
    }
    if (token == null && url.startsWith("http")) {
      section.missing("token_file", "a file with a JWT: scontrol token");
    }
    section.refuseOthers();
    return new SlurmAccess(new RestTransport(caller, api, user, token), true);
  }

  private static HttpCaller caller(String url, @org.jspecify.annotations.Nullable Path authority)
      throws IOException {
    URI uri = URI.create(url);
    String scheme = String.valueOf(uri.getScheme());
    if (scheme.equals("unix") && uri.getPath() != null && uri.getPath().length() > 1) {
      return new HttpCaller(Dialer.unix(Path.of(uri.getPath())), "localhost", Map.of());
    }
    String host = uri.getHost();
    if (host == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new IllegalArgumentException("url");
    }
    boolean secure = scheme.equals("https");
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
    Dialer dialer =
        secure
            ? Dialer.tls(host, port, PemTls.context(authority, null, null), CONNECT)
            : Dialer.tcp(host, port, CONNECT);
    return new HttpCaller(dialer, host + ":" + port, Map.of());
  }

  /// Why an option of `sbatch` cannot be given; empty when it can.
  Optional<String> against(String option) {
    if (OWN.contains(option)) {
      return Optional.of("another option: Fleetserve gives this one itself");
    }
    if (rest && !SubmitBody.options().contains(option)) {
      return Optional.of(
          "over rest: "
              + String.join(", ", SubmitBody.options().stream().sorted().toList())
              + "; use ssh for others");
    }
    return option.matches("[a-z][a-z0-9-]*")
        ? Optional.empty()
        : Optional.of("a long option of sbatch, without dashes before it");
  }
}
