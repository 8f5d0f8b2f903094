package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.testing.fleet.Script;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The Slurm provider through a real SSH server to a login node.
@ExtendWith(RealSlurm.class)
final class SlurmSshIT {
  private static final String INSTALLATION = "slurm-ssh-it";
  private static final Duration LONG = Duration.ofSeconds(40);

  private static @Nullable SshHosts login;

  @TempDir Path home;

  @BeforeAll
  static void startLoginNode() throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        SshHosts.missing().isEmpty(), () -> SshHosts.missing().orElse("nothing is missing"));
    login = SshHosts.start(Files.createTempDirectory(Path.of("/tmp"), "fsl"), 1);
  }

  @AfterAll
  static void stopLoginNode() throws IOException {
    SshHosts running = login;
    if (running != null) {
      running.close();
      Script.output(List.of("rm", "-rf", running.folder().toString()), Map.of(), 30);
    }
  }

  private static SshHosts login() {
    return Objects.requireNonNull(login);
  }

  @Test
  void replicaLivesAndEndsByTheCommandsOfALoginNode() throws IOException {
    SlurmProvider provider = open(Map.of());

    InstanceRef ref = accepted(provider.create(TestJobs.spec(INSTALLATION, "assh", "ondemand")));
    CreateOutcome again = provider.create(TestJobs.spec(INSTALLATION, "assh", "ondemand"));

    assertThat(again).isEqualTo(new CreateOutcome.Accepted(ref));
    await()
        .atMost(LONG)
        .until(() -> provider.get(ref).orElseThrow().state() == Instance.State.RUNNING);
    assertThat(provider.list(INSTALLATION)).extracting(Instance::ref).containsExactly(ref);
    await().atMost(LONG).until(() -> Files.exists(home.resolve("seen")));
    assertThat(Files.readString(home.resolve("seen"))).contains("it's \\\"$HOME\\\" & `more`");

    provider.terminate(ref);

    await().atMost(LONG).until(() -> provider.list(INSTALLATION).isEmpty());
    assertThat(provider.get(ref)).isEmpty();
  }

  @Test
  void refusalOfSbatchComesThroughWithItsWords() {
    CreateOutcome outcome =
        open(Map.of()).create(TestJobs.spec(INSTALLATION, "arefused", "nowhere"));

    ProviderError error = ((CreateOutcome.Rejected) outcome).error();
    assertThat(error.category()).isEqualTo(Category.INVALID_REQUEST);
    assertThat(error.message()).contains("slurm/test/nowhere").contains("partition");
  }

  @Test
  void hostWhoseKeyIsNotKnownIsNotTrusted() throws IOException {
    Path nobody = Files.writeString(home.resolve("known_hosts"), "");
    SlurmProvider provider = open(Map.of("known_hosts", nobody.toString()));

    CreateOutcome outcome = provider.create(TestJobs.spec(INSTALLATION, "akey", "ondemand"));

    ProviderError error = ((CreateOutcome.Rejected) outcome).error();
    assertThat(error.message()).contains("Host key verification failed");
    assertThatThrownBy(() -> provider.list(INSTALLATION)).isInstanceOf(ProviderException.class);
  }

  @Test
  void loginNodeThatIsNotThereRefusesForSure() {
    SlurmProvider provider = open(Map.of("port", 1));

    CreateOutcome outcome = provider.create(TestJobs.spec(INSTALLATION, "aaway", "ondemand"));

    assertThat(((CreateOutcome.Rejected) outcome).error().category()).isEqualTo(Category.TRANSIENT);
  }

  private SlurmProvider open(Map<String, Object> other) {
    Map<String, Object> ssh = new HashMap<>();
    ssh.put("host", "127.78.0.1");
    ssh.put("user", "root");
    ssh.put("port", login().port());
    ssh.put("identity", login().folder().resolve("id").toString());
    ssh.put("known_hosts", login().folder().resolve("known_hosts").toString());
    ssh.putAll(other);
    return RealSlurm.open(
        INSTALLATION,
        home,
        "cp \"$1\" " + home + "/seen; exec sleep 1000",
        Map.of("ssh", ssh, "slurm_conf", RealSlurm.cluster().conf().toString()),
        Map.of());
  }

  private static InstanceRef accepted(CreateOutcome outcome) {
    assertThat(outcome).isInstanceOf(CreateOutcome.Accepted.class);
    return ((CreateOutcome.Accepted) outcome).ref();
  }
}
