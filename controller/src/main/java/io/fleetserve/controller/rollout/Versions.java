package io.fleetserve.controller.rollout;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.ServiceVersion;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/// Which of a service's versions should run.
///
/// The newest version that has not failed is the desired one. When it fails before it was ever
/// ready, the service goes back to the version that served before: the active one, or, when that
/// was retired by a version nobody ever tried (an update at zero replicas), the newest that was
/// once ready.
public final class Versions {
  private Versions() {}

  /// The version to bring every replica to; empty when all failed.
  public static Optional<ServiceVersion> desired(List<ServiceVersion> versions) {
    return newest(
            versions,
            version ->
                version.status() != VersionStatus.FAILED
                    && version.status() != VersionStatus.RETIRED)
        .or(() ->
            newest(
                versions,
                version -> version.status() == VersionStatus.RETIRED && version.everReady()));
  }

  /// The version that serves until `desired` takes over; empty when nothing older ever served.
  public static Optional<ServiceVersion> before(
      List<ServiceVersion> versions, ServiceVersion desired) {
    List<ServiceVersion> older =
        versions.stream().filter(version -> version.number() < desired.number()).toList();
    return newest(older, version -> version.status() == VersionStatus.ACTIVE)
        .or(() ->
            newest(
                older, version -> version.everReady() && version.status() != VersionStatus.FAILED));
  }

  public static Optional<ServiceVersion> newest(List<ServiceVersion> versions) {
    return newest(versions, version -> true);
  }

  public static Optional<ServiceVersion> numbered(List<ServiceVersion> versions, int number) {
    return versions.stream().filter(version -> version.number() == number).findFirst();
  }

  /// True when replicas of the one can serve as replicas of the other without a restart: only
  /// `service:` differs, not its port or whether its replicas need a tunnel, and the copied files
  /// have the same content.
  public static boolean inPlace(ServiceVersion one, ServiceVersion other) {
    ServiceSpec a = one.spec();
    ServiceSpec b = other.spec();
    return Objects.equals(a.service().port(), b.service().port())
        && needsTunnel(a) == needsTunnel(b)
        && a.resources().equals(b.resources())
        && a.numNodes() == b.numNodes()
        && a.envs().equals(b.envs())
        && a.secrets().equals(b.secrets())
        && Objects.equals(a.workdir(), b.workdir())
        && a.fileMounts().equals(b.fileMounts())
        && Objects.equals(a.setup(), b.setup())
        && a.run().equals(b.run())
        && a.other().equals(b.other())
        && one.workdirDigest().equals(other.workdirDigest());
  }

  /// An agent that needs none may have been started without a certificate.
  private static boolean needsTunnel(ServiceSpec spec) {
    return spec.service().network() == NetworkMode.TUNNEL;
  }

  private static Optional<ServiceVersion> newest(
      List<ServiceVersion> versions, Predicate<ServiceVersion> wanted) {
    return versions.stream().filter(wanted).max(Comparator.comparingInt(ServiceVersion::number));
  }
}
