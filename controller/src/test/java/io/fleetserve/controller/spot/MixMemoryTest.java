package io.fleetserve.controller.spot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MixMemoryTest {
  @Test
  void survivesARestartAsJson() {
    MixMemory memory =
        new MixMemory(
            "hedge",
            -7,
            1,
            2,
            203.25,
            List.of(new ZoneMemory(Mixes.A, 3, true, 4, 5, 6, 7, 8, 0.125, 9, 10)));

    assertThat(MixMemory.ofJson(memory.toJson())).isEqualTo(memory);
  }

  @Test
  void toleratesUnknownFieldsAndMissingOnes() {
    MixMemory read =
        MixMemory.ofJson(
            """
            {"policy": "hedge", "later": {"a": 1}, "zones": [
              {"zone": {"provider": "aws", "region": "r", "zone": "z"}, "losses": 2, "new": []}]}
            """);

    assertThat(read.policy()).isEqualTo("hedge");
    assertThat(read.of(new ZoneKey("aws", "r", "z")).losses()).isEqualTo(2);
  }

  @Test
  void unreadableTextIsNoMemory() {
    assertThat(MixMemory.ofJson("")).isEqualTo(MixMemory.NONE);
    assertThat(MixMemory.ofJson("{\"policy\": [")).isEqualTo(MixMemory.NONE);
  }

  @Test
  void namesZonesAsInfraDoes() {
    assertThat(Mixes.A).hasToString("aws/us-east-1/us-east-1a");
    assertThat(new ZoneKey("local", "", "")).hasToString("local");
  }
}
