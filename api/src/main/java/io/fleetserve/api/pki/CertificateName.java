package io.fleetserve.api.pki;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Whose certificate it is, as a URI in the subject's alternative names (RFC 5280 4.2.1.6):
///
///     fleetserve://<installation>/controller
///     fleetserve://<installation>/loadbalancer
///     fleetserve://<installation>/agent/<service>/<replica>/<generation>/<attempt>
///
/// An address is not part of it: agents reach the controller through forwarded ports as well. For
/// programs that know a server by a host name alone, the controller's certificate has
/// [#CONTROLLER_HOST] beside it.
///
/// @param path segments after the installation
public record CertificateName(String installationId, List<String> path) {
  /// Host name of every controller; it resolves nowhere (`.internal` is for private use).
  public static final String CONTROLLER_HOST = "controller.fleetserve.internal";

  private static final String SCHEME = "fleetserve";
  private static final int URI_NAME = 6;

  public CertificateName {
    path = List.copyOf(path);
  }

  public static CertificateName controller(String installationId) {
    return new CertificateName(installationId, List.of("controller"));
  }

  /// Of every load balancer: agents let each of them in.
  public static CertificateName loadBalancer(String installationId) {
    return new CertificateName(installationId, List.of("loadbalancer"));
  }

  /// Whether it presents itself to those who call it.
  public boolean isServer() {
    return path.size() == 1;
  }

  public static CertificateName agent(
      String installationId, String service, int replicaId, int generation, String attemptId) {
    return new CertificateName(
        installationId,
        List.of(
            "agent",
            service,
            Integer.toString(replicaId),
            Integer.toString(generation),
            attemptId));
  }

  public String uri() {
    StringBuilder uri = new StringBuilder(SCHEME + "://" + installationId);
    for (String segment : path) {
      uri.append('/').append(URLEncoder.encode(segment, StandardCharsets.UTF_8));
    }
    return uri.toString();
  }

  /// The name in a certificate; empty when it has no URI of this form, or several.
  public static Optional<CertificateName> of(X509Certificate certificate) {
    try {
      var names = certificate.getSubjectAlternativeNames();
      if (names == null) {
        return Optional.empty();
      }
      List<String> uris =
          names.stream()
              .filter(name -> name.get(0) instanceof Integer type && type == URI_NAME)
              .map(name -> String.valueOf(name.get(1)))
              .toList();
      return uris.size() == 1 ? parse(uris.getFirst()) : Optional.empty();
    } catch (CertificateParsingException | IllegalArgumentException foreign) {
      return Optional.empty();
    }
  }

  private static Optional<CertificateName> parse(String text) {
    URI uri = URI.create(text);
    if (!SCHEME.equals(uri.getScheme()) || uri.getHost() == null || uri.getRawPath().isEmpty()) {
      return Optional.empty();
    }
    List<String> path =
        List.of(uri.getRawPath().substring(1).split("/", -1)).stream()
            .map(segment -> URLDecoder.decode(segment, StandardCharsets.UTF_8))
            .toList();
    return Optional.of(new CertificateName(uri.getHost(), path));
  }
}
