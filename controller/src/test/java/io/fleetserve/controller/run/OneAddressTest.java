package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.home.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who reaches the controller at the tunnels' address.
final class OneAddressTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "controller: {}                                       | controller: {}               | NOBODY",
        "controller: {agents: {bind_host: 127.0.0.1}}         | load_balancer: {tunnel: {}}  | OTHER_MACHINES",
        "controller: {agents: {bind_host: '::1'}}             | load_balancer: {tunnel: {}}  | OTHER_MACHINES",
        "controller: {agents: {bind_host: localhost}}         | load_balancer: {tunnel: {}}  | OTHER_MACHINES",
        "controller: {agents: {bind_host: 10.0.0.1}}          | load_balancer: {tunnel: {}}  | NOBODY",
        "controller: {agents: {bind_host: c.example}}         | load_balancer: {tunnel: {}}  | NOBODY",
        "controller: {agents: {url: 'https://127.0.0.1:8'}}   | load_balancer: {tunnel: {}}  | NOBODY",
        "controller: {agents: {bind_host: 10.0.0.1, url: tunnel}} | load_balancer: {tunnel: {}} | EVERYBODY",
      })
  void followsFromTheSettings(String controller, String balancer, OneAddress expected)
      throws IOException {
    Path file = folder.resolve("config.yaml");
    Files.writeString(
        file, controller.equals(balancer) ? controller : controller + "\n" + balancer + "\n");

    assertThat(OneAddress.of(ConfigReader.read(file))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "NOBODY, false, false",
    "NOBODY, true, false",
    "OTHER_MACHINES, false, false",
    "OTHER_MACHINES, true, true",
    "EVERYBODY, false, true",
    "EVERYBODY, true, true"
  })
  void localAgentsUseItOnlyWhenTheyAreTold(OneAddress who, boolean remote, boolean expected) {
    assertThat(who.isFor(remote)).isEqualTo(expected);
  }
}
