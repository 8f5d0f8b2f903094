package io.fleetserve.controller.home;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where everything of one installation lives on disk. Immutable.
///
/// Every folder is for the owner only (mode 0700).
///
/// @param root absolute path of the home folder
public record HomeFolder(Path root) {
  /// Below this many free bytes nothing new is accepted, so that what runs keeps some room.
  private static final long RESERVE_BYTES = 512 << 10;

  public HomeFolder {
    root = root.toAbsolutePath().normalize();
  }

  /// Makes the folders that are missing. A read-only place, a full disk or a folder of somebody
  /// else ends in a [StartupException] that names the path.
  public void create() {
    try {
      for (Path folder :
          new Path[] {
            root, run(), logs(), replicaLogs(), loadBalancer(), root.resolve("providers")
          }) {
        OwnerOnlyFiles.createFolder(folder);
      }
      Path probe = run().resolve("write-probe");
      OwnerOnlyFiles.replace(probe, "ok\n");
      Files.delete(probe);
    } catch (IOException e) {
      throw new StartupException("cannot use the home folder " + root + ": " + reason(e), e);
    }
  }

  /// What an [IOException] says, without the path in front and without Java's class names.
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof java.nio.file.FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return String.valueOf(e.getMessage());
  }

  /// Free bytes for the owner; [Long#MAX_VALUE] when the system does not tell.
  public long freeBytes() {
    try {
      return Files.getFileStore(root).getUsableSpace();
    } catch (IOException unknown) {
      return Long.MAX_VALUE;
    }
  }

  /// True when too little is free to take on anything new.
  public boolean isFull() {
    return freeBytes() < RESERVE_BYTES;
  }

  public Path config() {
    return root.resolve("config.yaml");
  }

  /// Key and certificate of the installation's own authority.
  public Path authority() {
    return root.resolve("ca");
  }

  /// What the user says about machines of their own.
  public Path infra() {
    return root.resolve("infra.yaml");
  }

  public Path token() {
    return root.resolve("token");
  }

  public Path loadBalancerToken() {
    return root.resolve("lb.token");
  }

  public Path database() {
    return root.resolve("controller.db");
  }

  public Path run() {
    return root.resolve("run");
  }

  public Path controllerInfo() {
    return run().resolve("controller.json");
  }

  public Path lock() {
    return run().resolve("controller.lock");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  public Path controllerLog() {
    return logs().resolve("controller.log");
  }

  public Path loadBalancerLog() {
    return logs().resolve("loadbalancer.log");
  }

  public Path loadBalancerOutput() {
    return logs().resolve("loadbalancer.out");
  }

  public Path accessLog() {
    return logs().resolve("access.log");
  }

  public Path replicaLogs() {
    return logs().resolve("replicas");
  }

  /// The controller's copy of what one start of a replica printed.
  public Path replicaLog(String service, int replicaId, int generation) {
    return replicaLogs().resolve(service).resolve(replicaId + "-" + generation + ".log");
  }

  /// The folder of the load balancer `lb-1`.
  public Path loadBalancer() {
    return root.resolve("lb").resolve("lb-1");
  }

  /// The folder a provider may keep files in.
  public Path provider(String name) {
    return root.resolve("providers").resolve(name);
  }
}
