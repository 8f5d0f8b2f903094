package io.fleetserve.api.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "64MiB,67108864",
    "4GB,4000000000",
    "1024,1024",
    "0,0",
    "512B,512",
    "1.5 GiB,1610612736",
    "1kib,1024",
    "7PiB,7881299347898368"
  })
  void readsSizes(String text, long bytes) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    assertThat(ByteSize.parse(new ByteSize(bytes).toString()).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "MiB", "-1", "1 XB", "64M", "1..5GB", ".", "1GBB", "99999999999999PiB"})
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("size: " + text + " (expected: ");
  }

  @Test
  void printsForPeople() {
    assertThat(new ByteSize(1023).human()).isEqualTo("1023 B");
    assertThat(new ByteSize(1536).human()).isEqualTo("1.5 KiB");
    assertThat(ByteSize.mebibytes(64).human()).isEqualTo("64.0 MiB");
    assertThat(ByteSize.mebibytes(64)).hasToString("64MiB");
    assertThat(new ByteSize(Long.MAX_VALUE).human()).isEqualTo("8192.0 PiB");
  }
}
