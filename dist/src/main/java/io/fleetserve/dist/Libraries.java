package io.fleetserve.dist;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The jars of the distribution: which program needs which, and how they get into `lib/`.
///
/// A file that would not change is left alone: an AOT cache is bound to the times of its jars.
final class Libraries {
  private final Path jars;
  private final Path lib;

  /// @param jars folder with every jar any program needs
  /// @param lib of the distribution
  Libraries(Path jars, Path lib) {
    this.jars = jars;
    this.lib = lib;
  }

  /// File names of a program's class path, its own modules first. Each module's manifest lists the
  /// libraries Maven resolved for it.
  List<String> classPath(Program program) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (String artifact : program.artifacts()) {
      names.add(fileOf(artifact));
    }
    for (String module : List.copyOf(names)) {
      names.addAll(manifestClassPath(module));
    }
    return List.copyOf(names);
  }

  /// File names of artifacts, without what they depend on.
  List<String> named(List<String> artifacts) throws IOException {
    List<String> names = new ArrayList<>();
    for (String artifact : artifacts) {
      names.add(fileOf(artifact));
    }
    return names;
  }

  /// Copies a jar as it is installed.
  void copy(String name, Path folder) throws IOException {
    writeIfChanged(folder.resolve(name), content(name));
  }

  private String fileOf(String artifact) throws IOException {
    try (Stream<Path> files = Files.list(jars)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(artifact + "-\\d.*\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IOException("no jar of " + artifact + " in " + jars));
    }
  }

  private List<String> manifestClassPath(String module) throws IOException {
    try (JarFile jar = new JarFile(jars.resolve(module).toFile())) {
      Manifest manifest = jar.getManifest();
      String classPath =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return classPath == null ? List.of() : List.of(classPath.split(" "));
    }
  }

  /// Brings `lib/` up to date with the given jars, and removes the others.
  void install(Set<String> names) throws IOException {
    Files.createDirectories(lib);
    try (Stream<Path> files = Files.list(lib)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        if (!names.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
    for (String name : names) {
      copy(name, lib);
    }
  }

  private byte[] content(String name) throws IOException {
    Path source = jars.resolve(name);
    if (name.startsWith("fleetserve-")) {
      return rewritten(source, false);
    }
    return name.startsWith("picocli-") ? rewritten(source, true) : Files.readAllBytes(source);
  }

  /// The jar without the class path in its manifest (the launch scripts give it) and, if asked,
  /// with old classes upgraded.
  private static byte[] rewritten(Path source, boolean upgrade) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarFile jar = new JarFile(source.toFile());
        JarOutputStream out = new JarOutputStream(bytes)) {
      ClassFileUpgrade classes = new ClassFileUpgrade(jar);
      for (JarEntry entry : Collections.list(jar.entries())) {
        byte[] content;
        try (var in = jar.getInputStream(entry)) {
          content = in.readAllBytes();
        }
        if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
          content = withoutClassPath(content);
        } else if (upgrade && entry.getName().endsWith(".class")) {
          content = classes.upgrade(content);
        }
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(copy);
        out.write(content);
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] withoutClassPath(byte[] content) throws IOException {
    Manifest manifest = new Manifest(new ByteArrayInputStream(content));
    manifest.getMainAttributes().remove(Attributes.Name.CLASS_PATH);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    manifest.write(out);
    return out.toByteArray();
  }

  /// Writes a file unless it has that content already.
  static void writeIfChanged(Path file, byte[] content) throws IOException {
    if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.write(part, content);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// All jars of all programs.
  Set<String> all() throws IOException {
    List<String> names = new ArrayList<>();
    for (Program program : Program.ALL) {
      names.addAll(classPath(program));
    }
    return new LinkedHashSet<>(names);
  }

  /// Removes a folder and all that is in it; nothing happens when there is none.
  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
