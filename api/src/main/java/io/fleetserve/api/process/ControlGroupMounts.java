package io.fleetserve.api.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where this process stands in the control group hierarchies.
///
/// @param mounts lines of `/proc/self/mountinfo`
/// @param places lines of `/proc/self/cgroup`
record ControlGroupMounts(List<String> mounts, List<String> places) {

  static ControlGroupMounts read() {
    try {
      return new ControlGroupMounts(
          Files.readAllLines(Path.of("/proc/self/mountinfo")),
          Files.readAllLines(Path.of("/proc/self/cgroup")));
    } catch (IOException none) {
      return new ControlGroupMounts(List.of(), List.of());
    }
  }

  /// This process's folder in the version 2 hierarchy.
  Optional<Path> unified() {
    return folder(" - cgroup2 ", "", "0::");
  }

  /// This process's folder in the version 1 hierarchy of a controller, such as `memory`.
  Optional<Path> old(String controller) {
    for (String place : places) {
      String[] parts = place.split(":", 3);
      if (parts.length == 3 && List.of(parts[1].split(",")).contains(controller)) {
        return folder(" - cgroup ", controller, parts[0] + ":" + parts[1] + ":");
      }
    }
    return Optional.empty();
  }

  private Optional<Path> folder(String type, String option, String placePrefix) {
    for (String mount : mounts) {
      int kind = mount.indexOf(type);
      if (kind < 0) {
        continue;
      }
      String[] options = mount.substring(mount.lastIndexOf(' ') + 1).split(",");
      if (!option.isEmpty() && !List.of(options).contains(option)) {
        continue;
      }
      String[] fields = mount.split(" ", 6); // id, parent, device, root, mount point, rest
      for (String place : places) {
        if (place.startsWith(placePrefix)) {
          return Optional.of(
              below(Path.of(fields[4]), fields[3], place.substring(placePrefix.length())));
        }
      }
    }
    return Optional.empty();
  }

  private static Path below(Path mountPoint, String root, String place) {
    String inside =
        root.equals("/") ? place : place.startsWith(root) ? place.substring(root.length()) : "";
    Path folder = mountPoint.resolve(inside.replaceFirst("^/+", ""));
    return Files.isDirectory(folder) ? folder : mountPoint;
  }
}
