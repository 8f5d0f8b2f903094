package io.fleetserve.examples.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddingRequestTest {
  @Test
  void oneTextOrAListIsTaken() {
    assertThat(read("{\"input\":\"a\"}"))
        .isEqualTo(new EmbeddingRequest(List.of("a"), "default", false));
    assertThat(
            read(
                "{\"input\":[\"a\",\"b\"],\"model\":\"m\",\"encoding_format\":\"base64\","
                    + "\"dimensions\":384}"))
        .isEqualTo(new EmbeddingRequest(List.of("a", "b"), "m", true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"input\":[]}",
        "{\"input\":[1,2]}",
        "{\"input\":\"a\",\"encoding_format\":\"hex\"}",
        "{\"input\":\"a\",\"dimensions\":10}",
      })
  void theRestIsRefused(String body) {
    assertThatExceptionOfType(ApiError.class)
        .isThrownBy(() -> read(body))
        .satisfies(error -> assertThat(error.status()).isEqualTo(400));
  }

  private static EmbeddingRequest read(String body) {
    return EmbeddingRequest.read(body.getBytes(StandardCharsets.UTF_8), "default");
  }
}
