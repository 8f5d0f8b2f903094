package io.fleetserve.controller.run;

import io.fleetserve.api.spec.FileMount;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecException;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.spec.Workdir;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.RollbackRequest;
import io.fleetserve.api.wire.ServiceRequest;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.api.wire.VersionView;
import io.fleetserve.controller.autoscale.Autoscalers;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Placed;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.rollout.Versions;
import io.fleetserve.controller.store.Changes;
import io.fleetserve.controller.store.StoredService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes services and their versions from service files. Thread-safe; everything is checked, and
/// stored, before anything is started.
public final class ServiceAuthor {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?");

  private final Services services;
  private final HomeFolder home;
  private final Function<SpecSource, ServiceSpec> reader;
  private final Object creating = new Object();

  /// A file that was read, and where its replicas would go.
  private record Checked(ServiceSpec spec, Placed.On place, String digest) {}

  ServiceAuthor(Services services, HomeFolder home, Function<SpecSource, ServiceSpec> reader) {
    this.services = services;
    this.home = home;
    this.reader = reader;
  }

  /// Stores a new service and begins to serve it.
  public ServiceView create(ServiceRequest request) throws InterruptedException {
    Checked checked = check(request.source());
    refuseFullDisk();
    String name = nameOf(request, checked.spec());
    ServiceLoop loop;
    synchronized (creating) {
      if (services.loop(name).isPresent()) {
        throw Problems.serviceExists(name);
      }
      Service service =
          Service.fresh(
              name,
              choosePort(checked.spec(), name),
              services.now(),
              Autoscalers.initialTarget(checked.spec()));
      ServiceVersion version =
          version(name, 1, checked, request.source(), "up", mode(request, checked.spec()));
      Changes changes = new Changes(name);
      changes.service(service);
      changes.version(version);
      changes.event(
          EventDraft.info(
              EventType.SERVICE_CREATED,
              1,
              "version 1 of " + request.source().fileName() + ", port " + service.listenPort()),
          services.now());
      services.commit(changes);
      loop =
          services.add(
              new StoredService(service, List.of(version), List.of(), List.of(), List.of()));
      loop.start();
    }
    loop.call(() -> true);
    return loop.board().view();
  }

  /// Stores a new version of a service and begins to roll it out.
  public VersionView update(String name, ServiceRequest request) throws InterruptedException {
    services.get(name);
    Checked checked = check(request.source());
    return addVersion(
        name,
        checked,
        request.source(),
        "update",
        mode(request, checked.spec()),
        EventType.SERVICE_UPDATED);
  }

  /// Makes a new version with the content of an older one.
  public VersionView rollback(String name, RollbackRequest request) throws InterruptedException {
    ServiceLoop loop = services.get(name);
    ServiceVersion target =
        loop.call(() -> rollbackTarget(loop.ledger().versions(), request.version()))
            .orElseThrow(() ->
                Problems.noSuchVersion(
                    name, request.version() == null ? "before" : request.version().toString()));
    return addVersion(
        name,
        check(target.source()),
        target.source(),
        "rollback to " + target.number(),
        target.spec().service().rollout().mode(),
        EventType.SERVICE_ROLLED_BACK);
  }

  private static Optional<ServiceVersion> rollbackTarget(
      List<ServiceVersion> versions, @Nullable Integer wanted) {
    if (wanted != null) {
      return Versions.numbered(versions, wanted);
    }
    return Versions.desired(versions).flatMap(current -> Versions.before(versions, current));
  }

  /// What [#create], or [#update] of a service that exists, would do.
  public Plan plan(ServiceRequest request) throws InterruptedException {
    Checked checked = check(request.source());
    ServiceSpec spec = checked.spec();
    String name = nameOf(request, spec);
    Optional<ServiceLoop> existing = services.loop(name);
    int number = 1;
    int replicas = Autoscalers.initialTarget(spec);
    boolean inPlace = false;
    if (existing.isPresent()) {
      ServiceLoop loop = existing.get();
      Service service = loop.call(() -> loop.ledger().service());
      List<ServiceVersion> versions = loop.call(() -> loop.ledger().versions());
      number = service.nextVersion();
      replicas = service.target();
      ServiceVersion next =
          version(name, number, checked, request.source(), "", mode(request, spec));
      inPlace = Versions.desired(versions).filter(now -> Versions.inPlace(now, next)).isPresent();
    }
    ReplicaPolicy policy = spec.service().replicaPolicy();
    Preview preview = Preview.of(spec, replicas, checked.place(), services.desk(), services.now());
    return new Plan(
        name,
        number,
        replicas,
        policy.minReplicas(),
        policy.maxReplicas(),
        preview.infra(checked.place()),
        checked.place().offer().description(),
        preview.hourlyCost(),
        preview.reasons(),
        preview.offers(),
        spec.workdir() instanceof Workdir.LocalFolder folder ? folder.path() : null,
        inPlace);
  }

  private VersionView addVersion(
      String name,
      Checked checked,
      SpecSource source,
      String change,
      Rollout.Mode mode,
      EventType event)
      throws InterruptedException {
    refuseFullDisk();
    ServiceLoop loop = services.get(name);
    int number =
        loop.call(() -> {
          ServiceLedger ledger = loop.ledger();
          Service before = ledger.service();
          if (before.ending()) {
            throw Problems.serviceEnding(name);
          }
          ServiceVersion version =
              version(name, before.nextVersion(), checked, source, change, mode);
          Service after =
              withPort(before, checked.spec()).withNextVersion(before.nextVersion() + 1);
          Changes changes = new Changes(name);
          changes.service(after);
          changes.version(version);
          changes.event(
              EventDraft.info(
                  event,
                  version.number(),
                  change + ": version " + version.number() + " of " + source.fileName()),
              services.now());
          services.commit(changes);
          ledger.adopt(after);
          ledger.adopt(version);
          return version.number();
        });
    return loop.call(() -> loop.ledger().version(number).map(ServiceViews::version).orElseThrow());
  }

  private Service withPort(Service before, ServiceSpec spec) {
    Integer wanted = spec.service().listen().port();
    if (wanted == null || wanted == before.listenPort()) {
      return before;
    }
    return before.withListenPort(choosePort(spec, before.name()));
  }

  private Checked check(SpecSource source) {
    ServiceSpec spec;
    try {
      spec = reader.apply(source);
    } catch (SpecException wrong) {
      throw Problems.invalidFile(wrong);
    }
    if (spec.service().network() == NetworkMode.TUNNEL
        && !services.context().boots().hasTunnels()) {
      throw Problems.cannotRun(
          source.fileName(),
          List.of(
              "service.network: tunnel (expected: load_balancer.tunnel in config.yaml, which says"
                  + " where agents dial in)"));
    }
    List<String> missing = missingFiles(spec);
    if (!missing.isEmpty()) {
      throw Problems.cannotRun(source.fileName(), missing);
    }
    return switch (services.desk().check(spec)) {
      case Placed.Refused refused -> throw Problems.cannotRun(source.fileName(), refused.reasons());
      case Placed.Exhausted exhausted ->
          throw Problems.cannotRun(source.fileName(), exhausted.reasons());
      case Placed.On on -> new Checked(spec, on, digest(source, spec));
    };
  }

  private static List<String> missingFiles(ServiceSpec spec) {
    List<String> missing = new ArrayList<>();
    if (spec.workdir() instanceof Workdir.LocalFolder folder
        && !Files.isDirectory(Path.of(folder.path()))) {
      missing.add("workdir: " + folder.path() + " (expected: a folder that exists)");
    }
    spec.fileMounts()
        .forEach((target, mount) -> {
          if (mount instanceof FileMount.LocalPath local && !Files.exists(Path.of(local.path()))) {
            missing.add(
                "file_mounts."
                    + target
                    + ": "
                    + local.path()
                    + " (expected: a file or folder that exists)");
          }
        });
    return missing;
  }

  private static String digest(SpecSource source, ServiceSpec spec) {
    try {
      return WorkdirDigest.of(spec);
    } catch (IOException e) {
      throw Problems.cannotRun(
          source.fileName(), List.of("workdir: cannot be read: " + e.getMessage()));
    }
  }

  private ServiceVersion version(
      String name,
      int number,
      Checked checked,
      SpecSource source,
      String change,
      Rollout.Mode mode) {
    return new ServiceVersion(
        name,
        number,
        checked.spec(),
        source,
        VersionStatus.PENDING,
        "stored",
        change,
        mode,
        services.now(),
        false,
        checked.digest());
  }

  private static Rollout.Mode mode(ServiceRequest request, ServiceSpec spec) {
    String wanted = request.mode();
    if (wanted == null) {
      return spec.service().rollout().mode();
    }
    for (Rollout.Mode mode : Rollout.Mode.values()) {
      if (mode.name().toLowerCase(Locale.ROOT).equals(wanted)) {
        return mode;
      }
    }
    throw Problems.badRequest("mode: " + wanted + " (expected: rolling or blue_green)");
  }

  private static String nameOf(ServiceRequest request, ServiceSpec spec) {
    String name = request.name() != null ? request.name() : spec.name();
    if (name == null) {
      byte[] random = new byte[2];
      ThreadLocalRandom.current().nextBytes(random);
      return "service-" + HexFormat.of().formatHex(random);
    }
    if (!NAME.matcher(name).matches()) {
      throw Problems.badRequest(
          "name: "
              + name
              + " (expected: a letter, then up to 62 letters, digits, '-', '_' or '.', a letter or"
              + " digit last)");
    }
    return name;
  }

  private void refuseFullDisk() {
    if (home.isFull()) {
      throw Problems.diskFull(home.root().toString());
    }
  }

  private int choosePort(ServiceSpec spec, String name) {
    Map<Integer, String> taken = new HashMap<>();
    services.list().stream()
        .filter(view -> !view.name().equals(name))
        .forEach(view -> taken.put(portOf(view), view.name()));
    return ListenPorts.choose(
        spec.service().listen().port(),
        services.context().config().loadBalancer().firstPort(),
        services.context().config().loadBalancer().bindHost(),
        taken);
  }

  private static int portOf(ServiceView view) {
    return java.net.URI.create(view.endpoint()).getPort();
  }
}
