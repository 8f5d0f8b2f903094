package io.fleetserve.controller.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HomeFolderTest {
  @TempDir Path folder;

  @Test
  void homeAndTokensAreForTheOwnerOnly() throws Exception {
    HomeFolder home = new HomeFolder(folder.resolve("home"));
    home.create();

    AccessToken token = AccessToken.in(home.token());

    assertThat(mode(home.root())).isEqualTo("rwx------");
    assertThat(mode(home.token())).isEqualTo("rw-------");
    String plain = Files.readString(home.token()).strip();
    assertThat(plain).hasSize(43);
    assertThat(token.matches(plain)).isTrue();
    assertThat(token.matches(plain + "x")).isFalse();
    assertThat(token.matches("")).isFalse();
    assertThat(token.toString()).doesNotContain(token.sha256());
    assertThat(AccessToken.in(home.token())).as("kept").isEqualTo(token);
  }

  @Test
  void aSecondControllerOfTheSameHomeIsRefusedUntilTheFirstEnds() {
    HomeFolder home = new HomeFolder(folder.resolve("home"));
    home.create();

    try (HomeLock held = HomeLock.take(home)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> HomeLock.take(home))
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("another controller runs in " + home.root());
    }
    HomeLock.take(home).close();
  }

  private static String mode(Path path) throws java.io.IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
