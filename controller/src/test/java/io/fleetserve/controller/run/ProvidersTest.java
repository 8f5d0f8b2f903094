package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.controller.home.ConfigReader;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.home.StartupException;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderFactory;
import io.fleetserve.provider.ProviderSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which providers are opened, and what is said when their settings are wrong.
final class ProvidersTest {
  @TempDir Path folder;

  /// A provider that is off unless configured, and content with nothing.
  private static final class Demanding implements ProviderFactory {
    @Override
    public String name() {
      return "demanding";
    }

    @Override
    public boolean needsSettings() {
      return true;
    }

    @Override
    public InstanceProvider open(ProviderContext context) {
      throw new ProviderSettingsException(
          List.of(
              new ProviderSettingsException.Flaw("places.one[1]", "7 (expected: less)"),
              new ProviderSettingsException.Flaw("more", "missing (expected: more)")));
    }
  }

  @Test
  void providerThatNeedsSettingsIsLeftAloneWithoutThem() throws IOException {
    try (Providers providers = open("")) {
      assertThat(providers.all()).isEmpty();
      assertThat(providers.closed())
          .containsOnlyKeys("demanding")
          .extractingByKey("demanding")
          .asString()
          .contains("not configured", "infra.yaml", "config.yaml", "providers.demanding");
    }
  }

  @Test
  void wrongSettingsAreToldWithTheirPlace() {
    assertThatThrownBy(() -> open("providers:\n  demanding:\n    places: {one: [6, 7]}\n"))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            """
            %1$s:3:23: providers.demanding.places.one[1]: 7 (expected: less)
            %1$s:3:5: providers.demanding.more: missing (expected: more)\
            """,
            folder.resolve("config.yaml"));
  }

  private Providers open(String config) throws IOException {
    HomeFolder home = new HomeFolder(folder);
    home.create();
    Files.writeString(home.config(), config);
    return Providers.open(
        List.of(new Demanding()),
        ConfigReader.read(home.config()),
        "inst",
        home,
        List.of(),
        List.of(),
        Clock.systemUTC());
  }
}
