package io.fleetserve.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.AgentView;
import io.fleetserve.api.wire.InfraView;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.MachineView;
import io.fleetserve.api.wire.PlaceView;
import io.fleetserve.cli.view.Views;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// check, gpus, infra, agents.
final class InfraCommandsTest {
  private static final long GIB = 1L << 30;
  private static final InfraView LOCAL =
      new InfraView(
          "local",
          true,
          "",
          1,
          List.of(
              new PlaceView(
                  "local",
                  "machine",
                  "",
                  new MachineView(2, 24 * GIB, Map.of()),
                  null,
                  0,
                  false,
                  List.of("llm/4"))));
  private static final InfraView SSH =
      new InfraView(
          "ssh",
          true,
          "",
          2,
          List.of(
              new PlaceView(
                  "ssh/lab/h1",
                  "host",
                  "",
                  new MachineView(64, 512 * GIB, Map.of("NVIDIA H100 80GB", 8)),
                  new MachineView(60.5, 500 * GIB, Map.of("NVIDIA H100 80GB", 6)),
                  12.5,
                  false,
                  List.of("llm/1", "llm/2")),
              new PlaceView(
                  "ssh/lab/h2",
                  "host",
                  "lab/h2 (ml@h2:22): cannot be reached: refused",
                  null,
                  null,
                  12.5,
                  false,
                  List.of())));
  private static final InfraView SLURM =
      new InfraView("slurm", false, "not configured: add it", 0, List.of());
  private static final InfraView DOCKER =
      new InfraView("docker", true, "the engine is away", 0, List.of());

  @TempDir Path home;
  private FakeController controller;

  InfraCommandsTest() {}

  @BeforeEach
  void start() {
    controller = FakeController.start(home).json("GET /infra", List.of(LOCAL, SSH, DOCKER, SLURM));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void checkTellsOfEachPlaceWhetherItCanBeUsedAndWhyNot() {
    Call check = Call.serve(home, "check");

    assertThat(check.exit()).isZero();
    assertThat(check.out())
        .isEqualTo(
            """
            PLACE       STATUS    WHAT
            local       ok        machine: 2 CPUs, 24 GiB
            ssh/lab/h1  ok        host: 64 CPUs, 512 GiB, 8 x NVIDIA H100 80GB
            ssh/lab/h2  unusable  lab/h2 (ml@h2:22): cannot be reached: refused
            docker      unusable  the engine is away
            slurm       off       not configured: add it
            """);
  }

  @Test
  void checkOfNamedProvidersFailsWhenOneOfThemCannotBeUsed() {
    assertThat(Call.serve(home, "check", "local", "ssh").exit()).isZero();
    assertThat(Call.serve(home, "check", "local", "docker").exit()).isEqualTo(1);
    assertThat(Call.serve(home, "check", "slurm").exit()).isEqualTo(1);
    assertThat(Call.serve(home, "check", "docker").out()).doesNotContain("local");

    Call wrong = Call.serve(home, "check", "kubernetes");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("kubernetes: no such provider", "local, ssh, docker, slurm");
  }

  @Test
  void checkFailsWhenNothingAtAllCanBeUsed() {
    controller.close();
    controller = FakeController.start(home).json("GET /infra", List.of(DOCKER, SLURM));

    assertThat(Call.serve(home, "check").exit()).isEqualTo(1);
  }

  @Test
  void gpusAreCountedByPlace() {
    assertThat(Call.serve(home, "gpus", "h100").out())
        .isEqualTo(
            """
            ACCELERATOR       PLACE       MACHINE  FREE  TOTAL  MARKET     $/H
            NVIDIA H100 80GB  ssh/lab/h1  host     6     8      on demand  12.50
            """);
    assertThat(Call.serve(home, "gpus", "a100").err()).contains("No accelerator has a100");
    assertThat(
            Json.MAPPER.readValue(Call.serve(home, "gpus", "-o", "json").out(), PlaceView[].class))
        .containsExactly(SSH.places().getFirst());
  }

  @Test
  void silentProviderIsMarkedBesideItsPlaces() {
    InfraView silent = new InfraView("ssh", true, "has not told what it offers", 2, SSH.places());
    controller.close();
    controller = FakeController.start(home).json("GET /infra", List.of(silent));

    Call check = Call.serve(home, "check", "ssh");

    assertThat(check.exit()).isEqualTo(1);
    assertThat(check.out())
        .contains("ssh         unusable  has not told what it offers")
        .contains("ssh/lab/h1  ok");
  }

  @Test
  void placesAreListedWithWhatIsFreeAndTheirReplicas() {
    assertThat(Call.serve(home, "infra", "list").out())
        .isEqualTo(
            """
            PLACE       KIND     CPUS  MEMORY   ACCELERATORS          FREE                                      $/H    REPLICAS
            local       machine  2     24 GiB   -                     -                                         0.00   llm/4
            ssh/lab/h1  host     64    512 GiB  8 x NVIDIA H100 80GB  60.5 CPUs, 500 GiB, 6 x NVIDIA H100 80GB  12.50  llm/1, llm/2
            ssh/lab/h2  host     -     -        -                     unusable                                  12.50
            """);
    assertThat(
            Json.MAPPER.readValue(
                Call.serve(home, "infra", "list", "-o", "json").out(), InfraView[].class))
        .containsExactly(LOCAL, SSH, DOCKER, SLURM);
  }

  @Test
  void agentsAreListedAndRevoked() {
    controller
        .json(
            "GET /agents",
            List.of(
                new AgentView("llm", 1, 1, "ssh/lab", AgentView.State.JOINED, "7f"),
                new AgentView("llm", 2, 3, "ssh/lab", AgentView.State.INVITED, "")))
        .json("POST /services/llm/replicas/1/revoke", Views.service(ServiceStatus.READY, 1, 1, 2));

    assertThat(Call.serve(home, "agents", "list").out())
        .isEqualTo(
            """
            SERVICE_NAME  ID  GENERATION  INFRA    STATE    CERTIFICATE
            llm           1   1           ssh/lab  joined   7f
            llm           2   3           ssh/lab  invited  -
            """);
    Call revoke = Call.serve(home, "agents", "revoke", "llm", "1");
    assertThat(revoke.exit()).isZero();
    assertThat(revoke.out()).contains("replica 1 of llm is cut off");
  }
}
