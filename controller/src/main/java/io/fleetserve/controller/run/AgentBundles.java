package io.fleetserve.controller.run;

import io.fleetserve.controller.home.StartupException;
import io.fleetserve.provider.AgentBundle;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds the agent bundles of a distribution. Stateless.
public final class AgentBundles {
  private static final Pattern NAME =
      Pattern.compile("fleetserve-agent-linux-([a-z0-9_]+)\\.tar\\.gz");

  private AgentBundles() {}

  /// Every `fleetserve-agent-linux-<architecture>.tar.gz` in the folder that has its `.sha256`
  /// beside it; none when there is no such folder.
  ///
  /// @throws StartupException when a checksum file cannot be read or holds no checksum
  public static List<AgentBundle> in(Path folder) {
    List<AgentBundle> found = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.tar.gz")) {
      for (Path file : files) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        Path checksum = file.resolveSibling(file.getFileName() + ".sha256");
        if (name.matches() && Files.exists(checksum)) {
          String sha256 = Files.readString(checksum).strip().split("\\s", 2)[0];
          found.add(new AgentBundle(file, sha256, name.group(1)));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new StartupException("cannot use the agent bundles in " + folder + ": " + e, e);
    }
    return found;
  }
}
