package io.fleetserve.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.transport.Dialer;
import io.fleetserve.provider.transport.HttpCaller;
import io.fleetserve.testing.docker.DockerEngine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The Docker provider and a real engine: limits, images, and what goes wrong.
@ExtendWith(RealDocker.class)
final class DockerProviderIT {
  private static final String INSTALLATION = "docker-it";
  private static final String SLEEPS = "exec sleep 1000";
  private static final Resources HOST = TestSpecs.image(null);
  private static final Resources HTTPD = TestSpecs.image("docker:skytest/httpd:1");

  @TempDir Path home;

  @AfterEach
  void endEverything() {
    try (DockerProvider provider = open(SLEEPS, Map.of())) {
      provider.list(INSTALLATION).forEach(instance -> provider.terminate(instance.ref()));
      assertThat(provider.list(INSTALLATION)).isEmpty();
    }
  }

  @Test
  void limitsAndMarksReachTheEngineAndNoSecretDoes() throws IOException {
    DockerProvider provider = open(SLEEPS, Map.of());

    accepted(provider.create(TestSpecs.spec(INSTALLATION, "alimits", HOST, 64 << 20, 0.5)));

    JsonNode container = engine().container("fleetserve-alimits").orElseThrow();
    JsonNode host = container.path("HostConfig");
    assertThat(host.path("Memory").asLong(0)).isEqualTo(64 << 20);
    assertThat(host.path("NanoCpus").asLong(0)).isEqualTo(500_000_000);
    assertThat(host.path("NetworkMode").asString("")).isEqualTo("host");
    assertThat(container.path("Config").path("Labels").path("io.fleetserve.service").asString(""))
        .isEqualTo("svc");
    assertThat(container.toString()).doesNotContain(TestSpecs.SECRET);
  }

  @Test
  void bootFileIsForTheOwnerAloneAndNamesFolderAndPort() throws IOException {
    DockerProvider provider =
        open(
            "stat -c %a \"$1\"; tr ',' '\\n' <\"$1\" | grep -E 'folder|\"port\"'; exec sleep 1000",
            Map.of());

    accepted(provider.create(TestSpecs.spec(INSTALLATION, "aboot", HOST)));

    await()
        .untilAsserted(() ->
            assertThat(engine().output("fleetserve-aboot", 10).lines().toList())
                .contains("600")
                .anyMatch(line -> line.contains("\"folder\":\"/fleetserve/replica\""))
                .anyMatch(line -> line.matches(".*\"port\":2[1-9]\\d{3}.*")));
  }

  @Test
  void killForLackOfMemoryIsToldApartFromACrash() {
    DockerProvider hungry =
        open("python3 -c 'b = bytearray(400 << 20)'; exit $?", bridge(Map.of()));
    DockerProvider crashing = open("echo it broke >&2; exit 3", Map.of());

    InstanceRef oom =
        accepted(hungry.create(TestSpecs.spec(INSTALLATION, "aoom", HOST, 48 << 20, 0)));
    InstanceRef crash = accepted(crashing.create(TestSpecs.spec(INSTALLATION, "acrash", HOST)));

    ProviderError killed = failure(hungry, oom);
    assertThat(killed.message()).contains("lack of memory").contains("48 MiB");
    ProviderError crashed = failure(crashing, crash);
    assertThat(crashed.message()).contains("exit code 3").contains("it broke");
    assertThat(crashed.message()).doesNotContain("memory");
  }

  @Test
  void agentThatLeavesInOrderLeavesNoContainer() {
    DockerProvider provider = open("exit 0", Map.of());

    InstanceRef ref = accepted(provider.create(TestSpecs.spec(INSTALLATION, "aorder", HOST)));

    await().until(() -> provider.get(ref).map(Instance::state).isEmpty());
    assertThat(provider.list(INSTALLATION)).isEmpty();
  }

  @Test
  void publishedPortLeadsIntoTheContainer() throws Exception {
    DockerProvider provider =
        open(SLEEPS, bridge(Map.of("agent", List.of("sh", "-c", serve(), "agent"))));

    accepted(provider.create(TestSpecs.spec(INSTALLATION, "aport", HTTPD)));

    JsonNode container = engine().container("fleetserve-aport").orElseThrow();
    JsonNode ports = container.path("HostConfig").path("PortBindings");
    JsonNode binding = ports.iterator().next().path(0);
    assertThat(binding.path("HostIp").asString("")).isEqualTo("127.0.0.1");
    URI url = URI.create("http://127.0.0.1:" + binding.path("HostPort").asString("") + "/");
    try (HttpClient client = HttpClient.newHttpClient()) {
      await()
          .ignoreExceptions()
          .until(() ->
              client
                  .send(
                      HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(2)).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body()
                  .contains("hello-docker"));
    }
  }

  @Test
  void containerThatCannotReachTheControllerIsNotMade() throws IOException {
    CreateOutcome outcome =
        open(SLEEPS, Map.of("network", "bridge"))
            .create(TestSpecs.spec(INSTALLATION, "adeaf", HOST));

    assertThat(((CreateOutcome.Rejected) outcome).error().message())
        .contains("cannot reach the controller at http://127.0.0.1:9")
        .contains("controller.agents.bind_host");
    assertThat(engine().container("fleetserve-adeaf")).isEmpty();
  }

  /// A network of its own, from which the controller is reached.
  private static Map<String, Object> bridge(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("network", "bridge");
    settings.put("controller_url", "https://host.docker.internal:9");
    return settings;
  }

  private static String serve() {
    return "port=$(grep -o '\"port\":[0-9]*' \"$1\" | grep -o '[0-9]*');"
        + " exec httpd -f -p $port -h /www";
  }

  @Test
  void acceleratorsAreHandedOutOneByOneAndComeBack() throws IOException {
    DockerProvider provider = open(SLEEPS, Map.of("accelerators", Map.of("T4", 3)));
    Resources two = TestSpecs.wish(null, Map.of("T4", 2.0));

    InstanceRef first = accepted(provider.create(TestSpecs.spec(INSTALLATION, "agpu1", two)));
    CreateOutcome second = provider.create(TestSpecs.spec(INSTALLATION, "agpu2", two));
    provider.terminate(first);
    accepted(provider.create(TestSpecs.spec(INSTALLATION, "agpu3", two)));

    ProviderError error = ((CreateOutcome.Rejected) second).error();
    assertThat(error.category()).isEqualTo(Category.CAPACITY_UNAVAILABLE);
    assertThat(error.message()).contains("T4=1");
    JsonNode container = engine().container("fleetserve-agpu3").orElseThrow();
    assertThat(container.path("HostConfig").path("DeviceRequests").toString())
        .contains("\"DeviceIDs\":[\"0\",\"1\"]");
  }

  @Test
  void containerRemovedFromOutsideIsGone() throws IOException {
    DockerProvider provider = open(SLEEPS, Map.of());
    InstanceRef ref = accepted(provider.create(TestSpecs.spec(INSTALLATION, "agone", HOST)));

    engine().remove("fleetserve-agone");

    assertThat(provider.get(ref)).isEmpty();
    provider.terminate(ref);
  }

  @Test
  void nameOfAStrangersContainerIsNotTaken() throws IOException {
    DockerProvider stranger = open(SLEEPS, Map.of());
    accepted(stranger.create(TestSpecs.spec("somebody-else", "aclash", HOST)));
    try {
      CreateOutcome outcome =
          open(SLEEPS, Map.of()).create(TestSpecs.spec(INSTALLATION, "aclash", HOST));

      assertThat(((CreateOutcome.Rejected) outcome).error().message())
          .contains("fleetserve-aclash")
          .contains("not ours");
      assertThat(engine().container("fleetserve-aclash")).isPresent();
    } finally {
      engine().remove("fleetserve-aclash");
    }
  }

  @Test
  void containerThatWasNeverStartedIsFailedAndEnded() throws IOException {
    DockerProvider provider = open(SLEEPS, Map.of());
    ContainerMark mark =
        new ContainerMark(
            TestSpecs.spec(INSTALLATION, "acut", HOST).ownership(),
            "acut",
            21_001,
            List.of(),
            0,
            0);
    engine()
        .create(
            mark.name(),
            new ContainerPlan(
                    mark, "skytest/httpd:1", List.of("true"), List.of(), Map.of(), true, "")
                .json());

    Instance left = provider.list(INSTALLATION).getFirst();

    assertThat(left.state()).isEqualTo(Instance.State.FAILED);
    assertThat(Objects.requireNonNull(left.failure()).message()).contains("never started");
    provider.terminate(left.ref());
    assertThat(provider.list(INSTALLATION)).isEmpty();
  }

  @Test
  void imageWithoutTheAgentsProgramIsRefusedWithTheFix() {
    CreateOutcome outcome =
        open(SLEEPS, Map.of()).create(TestSpecs.spec(INSTALLATION, "anobash", HTTPD));

    ProviderError error = ((CreateOutcome.Rejected) outcome).error();
    assertThat(error.category()).isEqualTo(Category.INVALID_REQUEST);
    assertThat(error.message()).contains("bash");
  }

  @Test
  void missingImageOfARealRegistryIsTyped() {
    Assumptions.assumeTrue(
        DockerEngine.hasRegistry(), "no registry test: docker-registry is missing");
    DockerProvider provider = open(SLEEPS, Map.of());

    CreateOutcome outcome =
        provider.create(
            TestSpecs.spec(
                INSTALLATION,
                "amissing",
                TestSpecs.image("docker:" + DockerEngine.REGISTRY + "/no/such:9")));

    ProviderError error = ((CreateOutcome.Rejected) outcome).error();
    assertThat(error.category()).isEqualTo(Category.INVALID_REQUEST);
    assertThat(error.message()).contains(DockerEngine.REGISTRY + "/no/such:9").contains("image_id");
    assertThat(provider.list(INSTALLATION)).isEmpty();
  }

  @Test
  void registryThatIsNotThereIsTransient() {
    CreateOutcome outcome =
        open(SLEEPS, Map.of())
            .create(
                TestSpecs.spec(
                    INSTALLATION, "anoreg", TestSpecs.image("docker:127.0.0.1:1/some/image:1")));

    assertThat(((CreateOutcome.Rejected) outcome).error().category()).isEqualTo(Category.TRANSIENT);
  }

  @Test
  void imageThatIsNotThereYetIsPulledFirst() throws IOException {
    Assumptions.assumeTrue(
        DockerEngine.hasRegistry(), "no registry test: docker-registry is missing");
    String image = DockerEngine.REGISTRY + "/pulled/httpd:1";
    RealDocker.engine().docker("tag", "skytest/httpd:1", image);
    RealDocker.engine().docker("push", image);
    RealDocker.engine().docker("rmi", image);
    DockerProvider provider = open(SLEEPS, Map.of("agent", List.of("sh", "-c", SLEEPS, "agent")));

    InstanceRef ref =
        accepted(
            provider.create(
                TestSpecs.spec(INSTALLATION, "apull", TestSpecs.image("docker:" + image))));

    await().until(() -> provider.get(ref).orElseThrow().state() == Instance.State.RUNNING);
    assertThat(engine().hasImage(image)).isTrue();
  }

  private DockerProvider open(String script, Map<String, Object> more) {
    return RealDocker.open(INSTALLATION, home, script, more);
  }

  private static Engine engine() {
    return new Engine(
        new HttpCaller(Dialer.unix(RealDocker.engine().socket()), "docker", Map.of()));
  }

  private static InstanceRef accepted(CreateOutcome outcome) {
    assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
    return ((CreateOutcome.Accepted) outcome).ref();
  }

  private static ProviderError failure(DockerProvider provider, InstanceRef ref) {
    await().until(() -> provider.get(ref).orElseThrow().state() == Instance.State.FAILED);
    return Objects.requireNonNull(provider.get(ref).orElseThrow().failure());
  }
}
