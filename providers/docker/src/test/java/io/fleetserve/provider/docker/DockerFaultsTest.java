package io.fleetserve.provider.docker;

import static io.fleetserve.provider.docker.ScriptedEngine.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.ProviderException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Engines that break off: what is known for sure, and what is not.
final class DockerFaultsTest {
  private static final String NONE = answer(404, "{\"message\":\"No such container\"}");

  private static final String ENDED =
      """
      {"State": {"Status": "exited", "ExitCode": 0},
       "Config": {"Labels": {"io.fleetserve.installation": "i", "io.fleetserve.attempt": "a1"}}}
      """;

  @TempDir Path folder;

  @Test
  void engineThatIsNotThereRefusesForSureAndListsNothing() throws IOException {
    ScriptedEngine engine = engine(line -> null);
    engine.close();
    DockerProvider provider = provider(engine);
    List<String> reasons = new ArrayList<>();

    CreateOutcome outcome = provider.create(TestSpecs.spec("i", "a1", TestSpecs.image(null)));

    assertThat(((CreateOutcome.Rejected) outcome).error().category()).isEqualTo(Category.TRANSIENT);
    assertThat(
            provider.offers(
                new OfferQuery(
                    TestSpecs.image(null),
                    1,
                    never -> assertThat(never).isNull(),
                    reasons::add,
                    reasons::add)))
        .isEmpty();
    assertThat(reasons).singleElement().asString().contains("does not answer");
    assertThatThrownBy(() -> provider.list("i")).isInstanceOf(ProviderException.class);
    assertThatThrownBy(() -> provider.get(new InstanceRef("docker", "fleetserve-a1")))
        .isInstanceOf(ProviderException.class);
  }

  @Test
  void engineThatBreaksOffWhileItMakesAContainerLeavesTheOutcomeUnknown() throws IOException {
    try (ScriptedEngine engine = engine(line -> common(line, null, answer(204, "")))) {
      CreateOutcome outcome =
          provider(engine).create(TestSpecs.spec("i", "a1", TestSpecs.image("docker:x")));

      assertThat(outcome).isInstanceOf(CreateOutcome.Unknown.class);
      assertThat(engine.asked()).noneMatch(line -> line.startsWith("DELETE"));
    }
  }

  @Test
  void containerThatDoesNotStartIsRemovedAndRefused() throws IOException {
    try (ScriptedEngine engine =
        engine(line ->
            common(
                line,
                answer(201, "{\"Id\":\"1\"}"),
                answer(500, "{\"message\":\"port is already allocated\"}")))) {
      CreateOutcome outcome =
          provider(engine).create(TestSpecs.spec("i", "a1", TestSpecs.image("docker:x")));

      assertThat(((CreateOutcome.Rejected) outcome).error().message())
          .contains("already allocated");
      assertThat(engine.asked()).anyMatch(line -> line.startsWith("DELETE"));
    }
  }

  @Test
  void containerThatCannotBeRemovedAfterwardsIsNotCalledRefused() throws IOException {
    try (ScriptedEngine engine =
        engine(line ->
            line.startsWith("DELETE")
                ? answer(500, "{\"message\":\"device or resource busy\"}")
                : common(
                    line, answer(201, "{\"Id\":\"1\"}"), answer(500, "{\"message\":\"no\"}")))) {
      CreateOutcome outcome =
          provider(engine).create(TestSpecs.spec("i", "a1", TestSpecs.image("docker:x")));

      assertThat(outcome).isInstanceOf(CreateOutcome.Unknown.class);
    }
  }

  @Test
  void listThatIsCutOffIsAnErrorAndNotAPart() throws IOException {
    try (ScriptedEngine engine =
        engine(line -> "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{\"Id\":")) {
      assertThatThrownBy(() -> provider(engine).list("i")).isInstanceOf(ProviderException.class);
    }
  }

  @Test
  void errorInTheMidstOfAPullIsARefusal() throws IOException {
    String pull = "{\"status\":\"Pulling\"}\n{\"error\":\"toomanyrequests: slow down\"}\n";
    try (ScriptedEngine engine =
        engine(line ->
            line.contains("/images/create")
                ? answer(200, pull)
                : line.contains("/images/") ? answer(404, "{}") : NONE)) {
      CreateOutcome outcome =
          provider(engine).create(TestSpecs.spec("i", "a1", TestSpecs.image("docker:x")));

      assertThat(((CreateOutcome.Rejected) outcome).error().category())
          .isEqualTo(Category.RATE_LIMITED);
    }
  }

  @Test
  void containerThatEndedInOrderIsToldOnceAndRemoved() throws IOException {
    InstanceRef ref = new InstanceRef("docker", "fleetserve-a1");
    try (ScriptedEngine engine =
        engine(line -> line.startsWith("DELETE") ? answer(204, "") : answer(200, ENDED))) {
      assertThat(provider(engine).get(ref).orElseThrow().state())
          .isEqualTo(Instance.State.TERMINATED);
      assertThat(engine.asked())
          .filteredOn(line -> line.startsWith("DELETE"))
          .singleElement()
          .asString()
          .contains("/containers/fleetserve-a1?");
    }
  }

  @Test
  void containerThatEndedInOrderAndCannotBeRemovedIsNotToldToBeOver() throws IOException {
    InstanceRef ref = new InstanceRef("docker", "fleetserve-a1");
    try (ScriptedEngine engine =
        engine(line ->
            line.startsWith("DELETE")
                ? answer(500, "{\"message\":\"device or resource busy\"}")
                : answer(200, ENDED))) {
      assertThatThrownBy(() -> provider(engine).get(ref))
          .isInstanceOf(ProviderException.class)
          .hasMessageContaining("resource busy");
    }
  }

  /// An engine that has the image and no containers.
  private static @Nullable String common(String line, @Nullable String create, String start) {
    if (line.contains("/images/")) {
      return answer(200, "{}");
    }
    if (line.startsWith("POST") && line.contains("/containers/create")) {
      return create;
    }
    if (line.contains("/containers/json")) {
      return answer(200, "[]");
    }
    if (line.endsWith("/start")) {
      return start;
    }
    return line.startsWith("GET") ? NONE : answer(200, "");
  }

  private ScriptedEngine engine(Function<String, @Nullable String> script) throws IOException {
    return new ScriptedEngine(folder.resolve("d.sock"), script);
  }

  private DockerProvider provider(ScriptedEngine engine) {
    return new DockerProvider(
        new ProviderContext(
            "i",
            folder,
            List.of("fleetserve-agent"),
            List.of(),
            folder.resolve("infra.yaml"),
            Map.of(),
            Clock.systemUTC()),
        DockerSettings.read(Map.of("agent", List.of("agent"))),
        engine.engine());
  }
}
