package io.fleetserve.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.log.SizeBoundedLog;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The agent's way from start to spawn must not pay for libraries it does not use there: these
/// packages load and initialise without any.
final class StandAloneTest {
  @ParameterizedTest
  @ValueSource(strings = {"log", "retry", "status", "text", "unit", "wire"})
  void packageLoadsWithTheJdkAlone(String name) throws Exception {
    URL classes = SizeBoundedLog.class.getProtectionDomain().getCodeSource().getLocation();
    Path root = Path.of(classes.toURI());
    try (URLClassLoader alone =
            new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
        Stream<Path> files = Files.list(root.resolve("io/fleetserve/api/" + name))) {
      List<String> names =
          files
              .map(file -> root.relativize(file).toString().replace('/', '.'))
              .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
              .map(file -> file.substring(0, file.length() - ".class".length()))
              .filter(file -> !file.equals("io.fleetserve.api.wire.Json"))
              .toList();

      assertThat(names).isNotEmpty();
      for (String each : names) {
        assertThat(Class.forName(each, true, alone).getClassLoader()).isSameAs(alone);
      }
    }
  }
}
