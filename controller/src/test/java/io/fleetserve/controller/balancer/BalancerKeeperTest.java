package io.fleetserve.controller.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.home.HomeFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keeping and replacing, with a script that stands for supervisor and load balancer at once.
final class BalancerKeeperTest {
  private static final String SCRIPT =
      """
      #!/bin/sh
      replace=; [ "$1" != --replace ] || { replace=yes; shift; }
      folder=${1%/*}
      [ ! -e "$folder/broken" ] || exit 3
      [ -z "$replace" ] || before=$(cat "$folder/supervisor.pid")
      printf '{"id":"lb-1","pid":%s,"processStartMillis":%s,"sharedPort":0,"adminUrl":""}' \\
        $$ "$(date +%s%3N)" > "$folder/next"
      echo $$ > "$folder/supervisor.pid"
      mv "$folder/next" "$folder/loadbalancer.json"
      [ -z "$replace" ] || kill "$before"
      trap 'exit 0' TERM
      while :; do sleep 0.05; done
      """;

  private final HomeFolder home;
  private final BalancerKeeper keeper;

  BalancerKeeperTest(@TempDir Path temp) throws IOException {
    home = new HomeFolder(temp.resolve("home"));
    home.create();
    Path script = Files.writeString(temp.resolve("script"), SCRIPT);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    keeper = new BalancerKeeper(home, ControllerConfig.DEFAULT, null, script, event -> {});
  }

  @BeforeEach
  void runs() {
    keeper.check();
    await().atMost(Duration.ofSeconds(20)).until(() -> keeper.presence().isPresent());
  }

  @AfterEach
  void ends() throws InterruptedException {
    keeper.stop();
    assertThat(keeper.presence()).isEmpty();
  }

  private long pid() {
    return keeper.presence().map(LoadBalancerBoot.Presence::pid).orElse(0L);
  }

  @Test
  void anotherProcessTakesOverWithTheSettingsOfNow() throws Exception {
    long before = pid();
    Files.delete(home.loadBalancer().resolve("boot.json"));

    assertThat(keeper.replace()).isEmpty();

    assertThat(pid()).isNotZero().isNotEqualTo(before);
    await().until(() -> ProcessHandle.of(before).isEmpty());
    LoadBalancerBoot boot =
        Json.MAPPER.readValue(
            Files.readAllBytes(home.loadBalancer().resolve("boot.json")), LoadBalancerBoot.class);
    assertThat(boot.options()).isEqualTo(LoadBalancerBoot.Options.DEFAULT);
  }

  @Test
  void oneThatCannotTakeOverIsToldAndTheOldOneStays() throws Exception {
    long before = pid();
    Files.createFile(home.loadBalancer().resolve("broken"));

    assertThat(keeper.replace()).hasValueSatisfying(why -> assertThat(why).contains("take over"));

    assertThat(pid()).isEqualTo(before);
  }

  @Test
  void oneThatIsOnItsWayIsWaitedForAndNotJoinedByAnother() throws Exception {
    long before = pid();
    Path presence = home.loadBalancer().resolve("loadbalancer.json");
    Path aside = Files.move(presence, presence.resolveSibling("not-yet"));

    CompletableFuture<Optional<String>> replaced = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            replaced.complete(keeper.replace());
          } catch (InterruptedException e) {
            replaced.completeExceptionally(e);
          }
        });
    // Another one would have made itself known by now.
    assertThat(replaced).failsWithin(Duration.ofMillis(500));
    assertThat(presence).doesNotExist();
    Files.move(aside, presence);

    assertThat(replaced.get(20, TimeUnit.SECONDS)).isEmpty();
    assertThat(pid()).isEqualTo(before);
  }
}
