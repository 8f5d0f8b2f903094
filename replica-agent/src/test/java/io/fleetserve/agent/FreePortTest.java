package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FreePortTest {
  @Test
  void agentsThatLiveTogetherChooseDifferently() throws IOException {
    Set<Integer> chosen = new HashSet<>();
    for (long pid = 40_000; pid < 41_000; pid++) {
      chosen.add(FreePort.choose(pid, Set.of()));
    }

    assertThat(chosen).hasSize(1_000).allMatch(port -> port >= 21_000 && port < 30_000);
  }

  @Test
  void takenPortsAreSkippedDownToTheLastFreeOne() throws IOException {
    Set<Integer> all = IntStream.range(21_000, 30_000).boxed().collect(Collectors.toSet());
    all.remove(25_555);

    assertThat(FreePort.choose(7, all)).isEqualTo(25_555);

    all.add(25_555);
    assertThatThrownBy(() -> FreePort.choose(7, all)).hasMessageContaining("no free port");
  }

  @Test
  void portThatSomebodyListensOnIsNotChosen() throws IOException {
    long pid = 123_456;
    int first = FreePort.choose(pid);
    try (ServerSocket taken = new ServerSocket(first, 1, InetAddress.getLoopbackAddress())) {
      assertThat(FreePort.choose(pid)).isNotEqualTo(taken.getLocalPort());
    }
  }
}
