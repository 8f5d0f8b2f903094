package io.fleetserve.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the engine's words mean, and what it is told: pure rules.
final class DockerTablesTest {
  private static final ContainerMark MARK =
      new ContainerMark(
          new Ownership("i", "a-b.c", 7, 2), "a1", 21_500, List.of(0, 3), 1.5, 1L << 30);

  @ParameterizedTest
  @CsvSource({
    "created,    0, true,  PENDING",
    "created,    0, false, FAILED",
    "running,    0, false, RUNNING",
    "paused,     0, false, RUNNING",
    "restarting, 0, false, RUNNING",
    "removing,   0, false, STOPPING",
    "exited,     0, false, TERMINATED",
    "exited,     1, false, FAILED",
    "exited,   137, false, FAILED",
    "dead,       0, false, FAILED",
    "dreaming,   0, false, UNKNOWN",
  })
  void stateMeans(String status, int exit, boolean busy, Instance.State expected) {
    ContainerState state = new ContainerState(status, exit, false, 0, "");

    assertThat(state.instance(busy)).isEqualTo(expected);
    assertThat(state.failure("c", "").message()).startsWith("docker: c: ");
  }

  @Test
  void killForLackOfMemoryACrashAndASignalReadDifferently() {
    ProviderError memory = new ContainerState("exited", 137, true, 64 << 20, "").failure("c", "");
    ProviderError signal = new ContainerState("exited", 137, false, 0, "").failure("c", "");
    ProviderError crash = new ContainerState("exited", 2, false, 0, "").failure("c", "oops");

    assertThat(memory.message()).contains("lack of memory").contains("64 MiB");
    assertThat(memory.category()).isEqualTo(Category.INVALID_REQUEST);
    assertThat(signal.message()).contains("signal 9");
    assertThat(crash.message()).contains("exit code 2: oops");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | manifest for x:1 not found: manifest unknown: manifest unknown | INVALID_REQUEST",
        "404 | pull access denied for x, repository does not exist or may require 'docker login' | INVALID_REQUEST",
        "500 | toomanyrequests: You have reached your pull rate limit | RATE_LIMITED",
        "500 | Get https://r/v2/: dial tcp: lookup r: no such host | TRANSIENT",
        "0   | failed to register layer: write /x: no space left on device | CAPACITY_UNAVAILABLE",
        "500 | could not select device driver \"\" with capabilities: [[gpu]] | CAPACITY_UNAVAILABLE",
        "500 | driver failed programming external connectivity: port is already allocated | TRANSIENT",
        "400 | invalid reference format: repository name must be lowercase | INVALID_REQUEST",
        "400 | OCI runtime create failed: exec: \"bash\": executable file not found in $PATH | INVALID_REQUEST",
        "400 | something new | INVALID_REQUEST",
        "403 | something new | AUTH_FAILED",
        "500 | something new | TRANSIENT",
      })
  void errorMeans(int status, String text, Category category) {
    ProviderError error = EngineErrors.of(new EngineException(status, text), "pull x:1");

    assertThat(error.category()).isEqualTo(category);
    assertThat(error.message()).startsWith("docker: pull x:1: ").contains(text);
  }

  @Test
  void labelsComeBackAsTheMark() {
    assertThat(ContainerMark.read(Json.MAPPER.valueToTree(MARK.labels()))).contains(MARK);
    assertThat(ContainerMark.read(Json.MAPPER.readTree("{\"other\": \"x\"}"))).isEmpty();
  }

  @Test
  void planWithANetworkOfItsOwnPublishesThePortAndHandsOutAccelerators() {
    String json =
        new ContainerPlan(
                MARK,
                "img",
                List.of("agent", "/b"),
                List.of("/a:/a:ro"),
                Map.of("A", "1"),
                false,
                "127.0.0.1")
            .json()
            .toString();

    assertThat(json)
        .contains(
            "\"PortBindings\":{\"21500/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"21500\"}]}")
        .contains("\"DeviceIDs\":[\"0\",\"3\"]")
        .contains("\"Memory\":1073741824,\"MemorySwap\":1073741824,\"NanoCpus\":1500000000")
        .contains("\"Entrypoint\":[\"agent\",\"/b\"]")
        .contains("host.docker.internal:host-gateway");
  }

  @Test
  void acceleratorsAndPortsThatAreHeldAreNotGivenAgain() {
    MachineShare share =
        new MachineShare(
            Map.of("A100", 2, "T4", 2),
            List.of(
                new ContainerMark(MARK.ownership(), "x", 21_000, List.of(0, 2), 1.5, 1L << 30)));

    assertThat(share.free(8, 4L << 30))
        .isEqualTo(new MachineFit(6.5, 3L << 30, Map.of("A100", 1, "T4", 1)));
    assertThat(share.free(1, 1L << 20)).isEqualTo(new MachineFit(0, 0, Map.of("A100", 1, "T4", 1)));
    assertThat(share.choose(TestSpecs.wish(null, Map.of("T4", 1.0)))).contains(List.of(3));
    assertThat(share.choose(TestSpecs.wish(null, Map.of("T4", 2.0)))).isEmpty();
    assertThat(share.choose(TestSpecs.wish(null, Map.of("A100", 0.5)))).contains(List.of(1));
    assertThat(share.port(0, port -> true)).hasValue(21_001);
    assertThat(share.port(0, port -> port > 21_004)).hasValue(21_005);
    assertThat(share.port(-1, port -> false)).isEmpty();
  }

  @Test
  void progressCountsTheLayersThatHaveASize() {
    ImagePull pull = new ImagePull("x:1");
    assertThat(pull).hasToString("pulling x:1");

    pull.progress(
        Json.MAPPER.readTree(
            "{\"id\":\"a\",\"status\":\"Downloading\",\"progressDetail\":{\"current\":1000000,\"total\":4000000}}"));
    pull.progress(
        Json.MAPPER.readTree(
            "{\"id\":\"b\",\"status\":\"Downloading\",\"progressDetail\":{\"current\":0,\"total\":6000000}}"));
    pull.progress(
        Json.MAPPER.readTree(
            "{\"id\":\"a\",\"status\":\"Extracting\",\"progressDetail\":{\"current\":5,\"total\":9}}"));

    assertThat(pull).hasToString("pulling x:1: 4 of 10 MB");
    pull.cancel();
    assertThatThrownBy(() -> pull.progress(Json.MAPPER.createObjectNode()))
        .isInstanceOf(EngineException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "ubuntu, docker.io",
    "vllm/vllm-openai:v1, docker.io",
    "ghcr.io/a/b, ghcr.io",
    "localhost/a, localhost",
    "127.0.0.1:5000/a, 127.0.0.1:5000",
  })
  void registryIsTheFirstPartThatLooksLikeAHost(String image, String host) {
    assertThat(RegistryLogin.host(image)).isEqualTo(host);
  }

  @Test
  void framesOfBothStreamsBecomeOneText() {
    byte[] frames = {1, 0, 0, 0, 0, 0, 0, 2, 'h', 'i', 2, 0, 0, 0, 0, 0, 0, 1, '!', 1, 0, 0};

    assertThat(LogFrames.text(frames)).isEqualTo("hi!");
  }

  @Test
  void everyReasonAgainstAnOfferIsTold() {
    List<String> reasons = new ArrayList<>();
    DockerOffers offers =
        new DockerOffers(new MachineFit(2, 8L << 30, Map.of("T4", 1)), Map.of("T4", 1), true, 0.25);

    List<Offer> fits =
        offers.offers(
            new OfferQuery(TestSpecs.wish("docker:x", Map.of("T4", 1.0)), 1, reasons::add));
    assertThat(fits).hasSize(1).allMatch(offer -> offer.hourlyPrice() == 0.25);
    assertThat(reasons).isEmpty();

    assertThat(
            offers.offers(
                new OfferQuery(TestSpecs.wish("ami-1", Map.of("T4", 2.0)), 2, reasons::add)))
        .isEmpty();
    assertThat(reasons)
        .containsExactly(
            "docker: is one machine, num_nodes is 2 (expected: 1)",
            "docker: image_id is ami-1 (expected: docker:NAME)",
            "docker: has 1 T4 (expected: >= 2)");
  }

  @Test
  void acceleratorsThatAreTakenAreLackingOnlyNow() {
    List<String> others = new ArrayList<>();
    List<String> full = new ArrayList<>();
    DockerOffers offers =
        new DockerOffers(new MachineFit(2, 8L << 30, Map.of("T4", 2)), Map.of("T4", 1), true, 0);

    List<Offer> fits =
        offers.offers(
            new OfferQuery(
                TestSpecs.wish(null, Map.of("T4", 2.0)), 1, others::add, full::add, others::add));

    assertThat(fits).isEmpty();
    assertThat(others).isEmpty();
    assertThat(full).containsExactly("docker: has 1 T4 (expected: >= 2) free");
  }

  @Test
  void engineElsewhereNeedsAnImage() {
    List<String> reasons = new ArrayList<>();

    new DockerOffers(new MachineFit(2, 8L << 30, Map.of()), Map.of(), false, 0)
        .offers(new OfferQuery(TestSpecs.image(null), 1, reasons::add));

    assertThat(reasons).singleElement().asString().contains("image_id: docker:NAME");
  }

  @Test
  void settingsHaveDefaultsByWhereTheEngineIs() {
    DockerSettings local = DockerSettings.read(Map.of());
    DockerSettings ssh = DockerSettings.read(Map.of("host", "ssh://me@gpu-box:2222/run/d.sock"));

    assertThat(local.hostNetwork()).isTrue();
    assertThat(local.publish()).isEqualTo("127.0.0.1");
    assertThat(local.controllerUrl()).isEqualTo(Optional.empty());
    assertThat(ssh.hostNetwork()).isFalse();
    assertThat(ssh.reach()).isEqualTo("gpu-box");
    assertThat(ssh.address().local()).isFalse();
  }

  @Test
  void wrongSettingsAreToldAtOnceWithTheirPaths() {
    assertThatThrownBy(() ->
            DockerSettings.read(
                Map.of(
                    "host",
                    "tcp://far:2376",
                    "network",
                    "hostt",
                    "binds",
                    List.of("data"),
                    "accelerators",
                    Map.of("T4", 0),
                    "registries",
                    Map.of("ghcr.io", Map.of("username", "me")),
                    "pirce",
                    1)))
        .hasMessageContaining("tls: missing")
        .hasMessageContaining("network: hostt (expected: host or bridge)")
        .hasMessageContaining("binds: data")
        .hasMessageContaining("accelerators.T4: 0")
        .hasMessageContaining("registries.ghcr.io.password_file: missing")
        .hasMessageContaining("pirce: unknown key (did you mean price?)");
    assertThatThrownBy(() -> DockerSettings.read(Map.of("host", "ftp://x")))
        .hasMessageContaining("host: ftp://x");
  }
}
