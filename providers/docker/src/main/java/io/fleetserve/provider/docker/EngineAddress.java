package io.fleetserve.provider.docker;

import io.fleetserve.provider.SettingsSection;
import io.fleetserve.provider.transport.Dialer;
import io.fleetserve.provider.transport.HttpCaller;
import io.fleetserve.provider.transport.PemTls;
import io.fleetserve.provider.transport.ShellQuote;
import io.fleetserve.provider.transport.SshCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Where the engine's API is.
///
/// @param url as the settings say it, for messages
/// @param host of the machine it runs on, as this machine names it
/// @param local whether it runs on this machine, so that files and ports are shared
record EngineAddress(String url, String host, boolean local, Dialer dialer) {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final String STANDARD = "unix:///var/run/docker.sock";
  private static final String FORMS =
      "unix:///path/docker.sock, tcp://host:2376 with tls, or ssh://[user@]host[:port][/socket]";

  /// Reads `host`, `tls` and `ssh`; what is wrong is noted in the section, and the standard taken.
  static EngineAddress read(SettingsSection settings) {
    String text = settings.text("host").orElse(STANDARD);
    SettingsSection tls = settings.section("tls");
    SettingsSection ssh = settings.section("ssh");
    EngineAddress address = null;
    try {
      URI url = URI.create(text);
      address =
          switch (String.valueOf(url.getScheme())) {
            case "unix" -> unix(Path.of(url.getPath()));
            case "tcp" -> tcp(settings, url, tls);
            case "ssh" -> ssh(url, ssh);
            default -> null;
          };
    } catch (IllegalArgumentException e) {
      // Told below, with what is expected.
    }
    tls.refuseOthers();
    ssh.refuseOthers();
    if (address == null) {
      settings.wrong("host", text, FORMS);
      return unix(Path.of("/var/run/docker.sock"));
    }
    return address;
  }

  private static EngineAddress unix(Path socket) {
    return new EngineAddress("unix://" + socket, "127.0.0.1", true, Dialer.unix(socket));
  }

  private static EngineAddress tcp(SettingsSection settings, URI url, SettingsSection tls) {
    String host = host(url);
    int port = url.getPort() > 0 ? url.getPort() : 2376;
    Optional<Path> authority = tls.text("ca").map(Path::of);
    Optional<Path> certificate = tls.text("cert").map(Path::of);
    Optional<Path> key = tls.text("key").map(Path::of);
    if (authority.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      // Whoever reaches the API is root there, so it is never spoken to in the clear over a
      // network.
      if (!host.equals("127.0.0.1") && !host.equals("localhost")) {
        settings.missing("tls", "ca, cert and key: files in PEM form");
      }
      return new EngineAddress(url.toString(), host, true, Dialer.tcp(host, port, CONNECT));
    }
    try {
      SSLContext context =
          PemTls.context(authority.orElse(null), certificate.orElse(null), key.orElse(null));
      return new EngineAddress(
          url.toString(), host, false, Dialer.tls(host, port, context, CONNECT));
    } catch (IOException e) {
      settings.wrong("tls", e.getMessage(), "readable files in PEM form");
      return new EngineAddress(url.toString(), host, false, Dialer.tcp(host, port, CONNECT));
    }
  }

  /// As Docker's own client does it: the engine's own program on the host passes the API through.
  private static EngineAddress ssh(URI url, SettingsSection options) {
    SshCommand ssh =
        new SshCommand(
            host(url),
            url.getUserInfo(),
            Math.max(0, url.getPort()),
            options.text("identity").orElse(null),
            options.text("known_hosts").orElse(null),
            options.text("config").orElse(null));
    String path = url.getPath() == null ? "" : url.getPath();
    String remote =
        path.length() > 1
            ? "docker -H " + ShellQuote.quote("unix://" + path) + " system dial-stdio"
            : "docker system dial-stdio";
    return new EngineAddress(url.toString(), host(url), false, Dialer.command(ssh.running(remote)));
  }

  private static String host(URI url) {
    String host = url.getHost();
    if (host == null) {
      throw new IllegalArgumentException("no host");
    }
    return host;
  }

  HttpCaller caller() {
    return new HttpCaller(dialer, "docker", Map.of());
  }
}
