package io.fleetserve.controller.home;

import io.fleetserve.api.config.ConfigSection;
import io.fleetserve.api.spec.ClientAuth;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.api.wire.TlsRule.Certificate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `load_balancer.tls` of `config.yaml`: TLS of the shared port.
final class TlsReader {
  private TlsReader() {}

  /// Null when there is no such section.
  ///
  /// @param folder relative paths start here
  static @Nullable TlsRule read(ConfigSection section, Path folder) {
    if (section.keys().isEmpty()) {
      return null;
    }
    List<Certificate> certificates = new ArrayList<>();
    for (ConfigSection each : section.sections("certificates")) {
      String cert = each.required("certfile", "path of a PEM file");
      String key = each.required("keyfile", "path of a PEM file");
      certificates.add(
          new Certificate(each.hosts("hosts"), absolute(folder, cert), absolute(folder, key)));
      each.refuseOthers();
    }
    String authority = section.text("client_ca", "");
    ClientAuth auth =
        section.choice("client_auth", authority.isEmpty() ? ClientAuth.NONE : ClientAuth.REQUIRE);
    if (auth != ClientAuth.NONE && authority.isEmpty()) {
      section.wrong("client_auth", "none, without client_ca");
    }
    boolean only13 = section.oneOf("min_version", List.of("1.2", "1.3"), "1.2").equals("1.3");
    section.refuseOthers();
    if (certificates.isEmpty()) {
      section.wrong("certificates", "at least one with certfile and keyfile");
      return null;
    }
    return new TlsRule(
        certificates, authority.isEmpty() ? null : absolute(folder, authority), auth, only13);
  }

  private static String absolute(Path folder, String path) {
    return folder.resolve(path).toAbsolutePath().normalize().toString();
  }
}
