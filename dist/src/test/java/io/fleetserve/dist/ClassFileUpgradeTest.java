package io.fleetserve.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// The upgrade of the library that needs it: every class verifies, and the result still works.
final class ClassFileUpgradeTest {
  @Test
  void everyClassOfPicocliIsLiftedAndVerifies() throws Exception {
    Path jar =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarFile file = new JarFile(jar.toFile())) {
      ClassFileUpgrade upgrade = new ClassFileUpgrade(file);
      int lifted = 0;
      for (JarEntry entry : Collections.list(file.entries())) {
        if (!entry.getName().endsWith(".class") || entry.getName().startsWith("META-INF/")) {
          continue;
        }
        byte[] before = bytes(file, entry);
        byte[] after = upgrade.upgrade(before);
        assertThat(ClassFile.of().parse(after).majorVersion()).isGreaterThanOrEqualTo(51);
        assertThat(ClassFile.of().verify(after)).as(entry.getName()).isEmpty();
        lifted += Arrays.equals(after, before) ? 0 : 1;
      }
      assertThat(lifted).isGreaterThan(100);
    }
  }

  @Test
  void newClassIsLeftAlone() throws IOException {
    String name = ClassFileUpgradeTest.class.getSimpleName() + ".class";
    byte[] bytes;
    try (InputStream in = ClassFileUpgradeTest.class.getResourceAsStream(name);
        JarFile any = new JarFile(jarOfJunit())) {
      bytes = java.util.Objects.requireNonNull(in).readAllBytes();

      assertThat(new ClassFileUpgrade(any).upgrade(bytes)).isSameAs(bytes);
    }
  }

  private static java.io.File jarOfJunit() {
    return new java.io.File(
        Test.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  private static byte[] bytes(JarFile file, JarEntry entry) throws IOException {
    try (InputStream in = file.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }
}
