package io.fleetserve.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/// Lifts classes compiled for Java 6 and older to the format of Java 8.
///
/// The JVM's AOT cache refuses classes that are verified without stack maps ("old class has been
/// linked"), which for a command line built on such a library leaves nothing to cache. Changing the
/// version number alone makes the verifier fail; so every method body is built again and its stack
/// maps are generated. Types that meet at a join are looked up in the same jar, then in the JDK.
final class ClassFileUpgrade {
  private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_7_VERSION;

  private final ClassFile classFile;

  ClassFileUpgrade(JarFile jar) {
    ClassHierarchyResolver inJar =
        ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> {
          String name = type.descriptorString();
          return open(jar, name.substring(1, name.length() - 1) + ".class");
        });
    classFile =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                inJar.orElse(ClassHierarchyResolver.defaultResolver()).cached()),
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
  }

  private static @Nullable InputStream open(JarFile jar, String name) {
    ZipEntry entry = jar.getEntry(name);
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " of " + jar.getName(), e);
    }
  }

  /// The class as it is if it is new enough, else upgraded.
  byte[] upgrade(byte[] bytes) {
    ClassModel model = classFile.parse(bytes);
    if (model.majorVersion() >= FIRST_WITH_STACK_MAPS) {
      return bytes;
    }
    return classFile.transformClass(
        model,
        ClassTransform.dropping(ClassFileVersion.class::isInstance)
            .andThen(
                ClassTransform.transformingMethodBodies(
                    (builder, element) -> builder.with(element)))
            .andThen(
                ClassTransform.endHandler(
                    builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0))));
  }
}
