package io.fleetserve.api.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.spec.SpecSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

final class JsonTest {
  @Test
  void keepsNullsAndReadsThemBack() {
    ServiceRequest request =
        new ServiceRequest(
            null, new SpecSource("a.yaml", "run: x", "/tmp", Map.of("A", "1"), Map.of()), null);

    String json = Json.MAPPER.writeValueAsString(request);

    assertThat(json).contains("\"name\":null", "\"mode\":null");
    assertThat(Json.MAPPER.readValue(json, ServiceRequest.class)).isEqualTo(request);
  }

  @Test
  void ignoresWhatANewerProgramAdds() {
    assertThat(Json.MAPPER.readValue("{\"next\": 5, \"later\": {}}", LogAck.class))
        .isEqualTo(new LogAck(5));
  }

  @Test
  void refusesNullForANumber() {
    assertThatThrownBy(() -> Json.MAPPER.readValue("{\"next\": null}", LogAck.class))
        .isInstanceOf(JacksonException.class);
  }
}
