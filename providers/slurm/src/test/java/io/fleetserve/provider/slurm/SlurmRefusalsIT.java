package io.fleetserve.provider.slurm;

import static io.fleetserve.provider.slurm.SlurmCalls.LONG;
import static io.fleetserve.provider.slurm.SlurmCalls.SLEEPS;
import static io.fleetserve.provider.slurm.SlurmCalls.accepted;
import static io.fleetserve.provider.slurm.SlurmCalls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.provider.ProviderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a real cluster refuses, and what is said of it.
@ExtendWith(RealSlurm.class)
final class SlurmRefusalsIT {
  private static final String INSTALLATION = "slurm-refusals-it";

  @TempDir Path home;

  @AfterEach
  void endEverything() {
    SlurmCalls.end(open(SLEEPS, Map.of()), INSTALLATION);
  }

  @Test
  void wrongPartitionIsRefusedWithThePlace() {
    CreateOutcome outcome =
        open(SLEEPS, Map.of()).create(TestJobs.spec(INSTALLATION, "apart", "nowhere"));

    ProviderError error = ((CreateOutcome.Rejected) outcome).error();
    assertThat(error.category()).isEqualTo(Category.INVALID_REQUEST);
    assertThat(error.scope()).isEqualTo("nowhere");
    assertThat(error.message()).contains("Invalid partition").contains("sinfo");
  }

  @Test
  void acceleratorsThatNoNodeHasAreRefused() {
    CreateOutcome outcome =
        open(SLEEPS, Map.of())
            .create(
                TestJobs.spec(
                    INSTALLATION,
                    "agres",
                    "zone-b",
                    TestJobs.wish(Map.of("T4", 5.0), null, null),
                    1,
                    "true"));

    assertThat(((CreateOutcome.Rejected) outcome).error().category())
        .isEqualTo(Category.CAPACITY_UNAVAILABLE);
  }

  @Test
  void accountThatThePartitionDoesNotAllowIsToldWithPlaceAndFix() throws IOException {
    RealSlurm.cluster().run("scontrol", "update", "Partition=zone-b", "AllowAccounts=team");
    try {
      SlurmProvider provider = open(SLEEPS, Map.of("account", "nobodys"));
      InstanceRef ref =
          accepted(provider.create(TestJobs.spec(INSTALLATION, "aaccount", "zone-b")));
      await().atMost(LONG).until(() -> get(provider, ref).state() == Instance.State.FAILED);
      assertThat(Objects.requireNonNull(get(provider, ref).failure()).message())
          .startsWith("slurm/test/zone-b: ")
          .contains("will never start", "check account");
      accepted(
          open(SLEEPS, Map.of("account", "team"))
              .create(TestJobs.spec(INSTALLATION, "ateam", "zone-b")));
    } finally {
      RealSlurm.cluster().run("scontrol", "update", "Partition=zone-b", "AllowAccounts=ALL");
    }
  }

  @Test
  void userWithoutRightsIsToldWithPlaceAndFix() throws IOException {
    String token =
        RealSlurm.cluster()
            .run("scontrol", "token", "username=nobody", "lifespan=600")
            .strip()
            .replaceFirst("^SLURM_JWT=", "");
    Map<String, Object> nobody = new HashMap<>(rest(token));
    nobody.put("user", "nobody");
    RealSlurm.cluster().run("scontrol", "update", "Partition=zone-b", "AllowGroups=root");
    try {
      ProviderError refused = refused(open(SLEEPS, Map.of("rest", nobody)), "auser", "zone-b");
      assertThat(refused.message()).startsWith("slurm/test/zone-b: ").contains("user's rights");
    } finally {
      RealSlurm.cluster().run("scontrol", "update", "Partition=zone-b", "AllowGroups=ALL");
    }
  }

  @Test
  void wrongTokenIsToldAsSuch() throws IOException {
    SlurmProvider provider = open(SLEEPS, Map.of("rest", rest("no.such.token")));

    CreateOutcome outcome = provider.create(TestJobs.spec(INSTALLATION, "atoken", "ondemand"));

    assertThat(outcome).isInstanceOf(CreateOutcome.Rejected.class);
    assertThatThrownBy(() -> provider.list(INSTALLATION)).isInstanceOf(ProviderException.class);
  }

  @Test
  void noMoreJobsThanAllowedAreMadeAndThePlaceOfOneIsFreeWhenItHasEnded() throws Exception {
    SlurmProvider provider = open(SLEEPS, Map.of("max_jobs", 1));
    List<CreateOutcome> outcomes = new ArrayList<>();
    try (ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<CreateOutcome> outcome :
          together.invokeAll(
              List.<Callable<CreateOutcome>>of(
                  () -> provider.create(TestJobs.spec(INSTALLATION, "aone", "zone-b")),
                  () -> provider.create(TestJobs.spec(INSTALLATION, "atwo", "zone-b"))))) {
        outcomes.add(outcome.get());
      }
    }

    InstanceRef ref = provider.list(INSTALLATION).getFirst().ref();
    assertThat(outcomes).contains(new CreateOutcome.Accepted(ref));
    assertThat(outcomes)
        .filteredOn(CreateOutcome.Rejected.class::isInstance)
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.toString()).contains("max_jobs: 1"));
    provider.terminate(ref);
    await().atMost(LONG).until(() -> provider.get(ref).isEmpty());
    accepted(provider.create(TestJobs.spec(INSTALLATION, "athird", "zone-b")));
  }

  private static ProviderError refused(SlurmProvider provider, String attempt, String partition) {
    CreateOutcome outcome = provider.create(TestJobs.spec(INSTALLATION, attempt, partition));
    assertThat(outcome).isInstanceOf(CreateOutcome.Rejected.class);
    return ((CreateOutcome.Rejected) outcome).error();
  }

  /// `rest` with another token.
  private Map<String, Object> rest(String token) throws IOException {
    Path file = Files.writeString(home.resolve("token"), token);
    return Map.of(
        "url",
        RealSlurm.cluster().restUrl(),
        "user",
        "root",
        "api",
        "v0.0.38",
        "token_file",
        file.toString());
  }

  private SlurmProvider open(String script, Map<String, Object> more) {
    return RealSlurm.open(INSTALLATION, home, script, RealSlurm.rest(), more);
  }
}
