package io.fleetserve.api.spec;

import io.fleetserve.api.yaml.YamlNode.Entry;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads `workdir` and `file_mounts`.
final class MountsReader {
  private final Section root;
  private final LocalPaths paths;

  MountsReader(Section root, LocalPaths paths) {
    this.root = root;
    this.paths = paths;
  }

  @Nullable Workdir workdir() {
    Optional<String> text = root.text("workdir");
    if (text.isPresent()) {
      return local(root, "workdir", text.get()).map(Workdir.LocalFolder::new).orElse(null);
    }
    Section git = root.section("workdir").orElse(null);
    if (git == null || git.text("url").isEmpty()) {
      return null;
    }
    return new Workdir.Git(git.text("url").orElseThrow(), git.text("ref").orElse(null));
  }

  Map<String, FileMount> fileMounts() {
    Map<String, FileMount> mounts = new LinkedHashMap<>();
    Section section = root.sectionOrEmpty("file_mounts");
    for (Entry entry : section.mapping().entries()) {
      String target = entry.key();
      if (target.isBlank()) {
        section.wrongKey(target, "an empty target (expected: a path in the replica)");
        continue;
      }
      Optional<String> text = section.text(target);
      if (text.isPresent()) {
        mount(section, target, text.get()).ifPresent(mount -> mounts.put(target, mount));
      } else {
        section.section(target).ifPresent(storage -> mounts.put(target, storage(storage)));
      }
    }
    return mounts;
  }

  private Optional<FileMount> mount(Section section, String target, String source) {
    return LocalPaths.isRemote(source)
        ? Optional.of(new FileMount.Remote(source, null, "COPY"))
        : local(section, target, source).map(FileMount.LocalPath::new);
  }

  private static FileMount storage(Section storage) {
    if (!storage.has("source") && !storage.has("name")) {
      storage.wrong("neither source nor name (expected: one of them)");
    }
    return new FileMount.Remote(
        storage.text("source").or(() -> storage.text("name")).orElse(""),
        storage.text("store").orElse(null),
        storage.text("mode").orElse("MOUNT").toUpperCase(Locale.ROOT));
  }

  private Optional<String> local(Section section, String key, String text) {
    Optional<String> path =
        text.isBlank() || LocalPaths.isRemote(text) ? Optional.empty() : paths.absolute(text);
    if (path.isEmpty()) {
      section.wrong(key, " is no local path (expected: a path on this machine)");
    }
    return path;
  }
}
