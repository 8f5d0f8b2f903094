package io.fleetserve.controller.home;

import io.fleetserve.api.config.ConfigText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// `infra.yaml`, as far as the controller itself reads it: which providers it describes machines
/// for. What a section says is the provider's business.
public final class InfraFile {
  private InfraFile() {}

  /// Names of its sections; none when the file is missing.
  ///
  /// @param providers names that a section may have
  /// @throws StartupException when the file is no mapping, or has a section of no provider
  public static Set<String> sections(Path file, List<String> providers) {
    if (!Files.exists(file)) {
      return Set.of();
    }
    try {
      ConfigText text = new ConfigText(file.toString(), Files.readString(file));
      providers.forEach(provider -> text.root().section(provider));
      text.root().refuseOthers();
      if (!text.errors().isEmpty()) {
        throw new StartupException(text.errors());
      }
      return Set.copyOf(text.root().keys());
    } catch (IOException e) {
      throw new StartupException("cannot read " + file + ": " + HomeFolder.reason(e), e);
    }
  }
}
