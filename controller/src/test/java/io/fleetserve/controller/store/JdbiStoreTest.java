package io.fleetserve.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.placement.Blocks;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JdbiStoreTest {
  @TempDir Path folder;
  private HomeFolder home = new HomeFolder(Path.of("unset"));

  @BeforeEach
  void createHome() {
    home = new HomeFolder(folder.resolve("home"));
    home.create();
  }

  @Test
  void everythingWrittenIsReadBackAfterReopening() {
    var service = StoredRows.service("llm");
    var version = StoredRows.version("llm", 1);
    var replica =
        StoredRows.replica("llm", 1)
            .withInstance(new InstanceRef("local", "i-1"), false)
            .withStatus(ReplicaStatus.READY, "probe passed", StoredRows.NOW)
            .withFirstReadyAt(StoredRows.NOW);
    var attempt = StoredRows.attempt("a1", replica.key());
    Changes changes = new Changes("llm");
    changes.service(service);
    changes.version(version);
    changes.replica(replica);
    changes.attempt(attempt);
    try (Store store = open()) {
      store.commit(changes);
    }

    try (Store store = open()) {
      assertThat(store.load(source -> StoredRows.spec()))
          .containsExactly(
              new StoredService(
                  service, List.of(version), List.of(replica), List.of(attempt), List.of()));
      assertThat(store.attempt("a1")).contains(attempt);
    }
  }

  @Test
  void secretsOfTheServiceFileSurviveInAFileForTheOwnerOnly() throws Exception {
    SpecSource source =
        new SpecSource("s.yaml", "run: x", "/tmp", Map.of("A", "1"), Map.of("KEY", "hidden"));
    Changes changes = new Changes("llm");
    changes.service(StoredRows.service("llm"));
    changes.version(StoredRows.version("llm", 1, source));
    try (Store store = open()) {
      store.commit(changes);

      assertThat(store.load(read -> StoredRows.spec()).getFirst().versions().getFirst().source())
          .isEqualTo(source);
      for (String file : new String[] {"controller.db", "controller.db-wal", "controller.db-shm"}) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(home.root().resolve(file))))
            .as(file)
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void installationIdPortAndGenerationsContinue() {
    String id;
    try (Store store = open()) {
      id = store.installationId();
      assertThat(store.controllerPort()).isZero();
      store.saveControllerPort(20007);
      assertThat(store.reserveGenerations(100)).isZero();
    }

    try (Store store = open()) {
      assertThat(store.installationId()).isEqualTo(id).matches("[0-9a-f]{12}");
      assertThat(store.controllerPort()).isEqualTo(20007);
      assertThat(store.reserveGenerations(100)).isEqualTo(100);
    }
  }

  @Test
  void anUnreadableVersionIsNamedAndTheRestIsLoaded() {
    Changes changes = new Changes("llm");
    changes.service(StoredRows.service("llm"));
    changes.version(StoredRows.version("llm", 1));
    try (Store store = open()) {
      store.commit(changes);

      StoredService loaded =
          store
              .load(source -> {
                throw new IllegalStateException("no such workdir");
              })
              .getFirst();

      assertThat(loaded.versions()).isEmpty();
      assertThat(loaded.unreadable()).containsExactly("version 1: no such workdir");
    }
  }

  @Test
  void endingAServiceDropsItsRowsAndKeepsItsEventsAndAttempts() {
    ReplicaKey key = new ReplicaKey("llm", 1, 1);
    Changes changes = new Changes("llm");
    changes.service(StoredRows.service("llm"));
    changes.version(StoredRows.version("llm", 1));
    changes.replica(StoredRows.replica("llm", 1));
    changes.attempt(StoredRows.attempt("a1", key));
    changes.event(EventDraft.info(EventType.SERVICE_CREATED, 1, "up"), StoredRows.NOW);
    try (Store store = open()) {
      store.commit(changes);
      Changes end = new Changes("llm");
      end.end();
      end.event(EventDraft.info(EventType.SERVICE_ENDED, 0, "down"), StoredRows.NOW);

      store.commit(end);

      assertThat(store.load(source -> StoredRows.spec())).isEmpty();
      assertThat(store.events("llm", 0, 10))
          .extracting(EventView::type)
          .containsExactly("ServiceCreated", "ServiceEnded");
      assertThat(store.attempt("a1")).isPresent();
      store.forgetAttempts(StoredRows.NOW.plusSeconds(1));
      assertThat(store.attempt("a1")).as("an accepted attempt is not finished").isPresent();
    }
  }

  @Test
  void eventsAreBoundedReadForwardAndFromTheEnd() {
    try (Store store = new JdbiStore(home, 100)) {
      for (int i = 1; i <= 300; i++) {
        Changes changes = new Changes(i % 2 == 0 ? "even" : "odd");
        changes.event(EventDraft.info(EventType.SCALE_UP, 1, "n" + i), StoredRows.NOW);
        store.commit(changes);
      }

      assertThat(store.events(null, 0, 1000)).hasSizeBetween(100, 164);
      assertThat(store.events(null, 298, 10))
          .extracting(EventView::message)
          .containsExactly("n299", "n300");
      assertThat(store.events("even", -1, 2))
          .extracting(EventView::message)
          .containsExactly("n298", "n300");
    }
  }

  @Test
  void blocksAreReplacedAsAWhole() {
    Offer offer = new Offer("aws", "us-east-1", null, "p5", "8 H100", 1, false);
    ProviderError error =
        new ProviderError(ProviderError.Category.QUOTA_EXCEEDED, null, null, "quota of 0");
    Blocks blocks = Blocks.NONE.with(offer, error, StoredRows.NOW);
    try (Store store = open()) {
      assertThat(store.blocks()).isEqualTo(Blocks.NONE);
      store.saveBlocks(blocks);
    }

    try (Store store = open()) {
      assertThat(store.blocks()).isEqualTo(blocks);
      store.saveBlocks(Blocks.NONE);
      assertThat(store.blocks()).isEqualTo(Blocks.NONE);
    }
  }

  @Test
  void aStoreOfTheFirstSchemaIsCarriedOver() throws Exception {
    String url = "jdbc:sqlite:" + home.database();
    Flyway.configure()
        .dataSource(url, null, null)
        .locations("classpath:db/migration")
        .target("1")
        .load()
        .migrate();
    try (Connection old = DriverManager.getConnection(url);
        Statement statement = old.createStatement()) {
      statement.execute(
          "INSERT INTO services VALUES ('llm', 30001, 1000, 0, 0, 2, 2, 1, '{\"target\":1}')");
      statement.execute(
          """
          INSERT INTO replicas VALUES ('llm', 1, 1, 1, 'PROVISIONING', '{"key":{"service":"llm",
          "replicaId":1,"generation":1},"version":1,"status":"PROVISIONING","reason":"asked",
          "statusSince":1000,"machine":{"provider":"local","offer":"2 CPUs","hourlyPrice":0.5,
          "spot":false,"accelerator":null},"agent":{"port":0},"cleanup":{},"attemptId":"a1",
          "tokenHash":"00","launchedAt":1000}')
          """);
    }

    try (Store store = open()) {
      StoredService stored = store.load(source -> StoredRows.spec()).getFirst();
      assertThat(stored.unreadable()).isEmpty();
      assertThat(stored.service().spotState()).isEmpty();
      assertThat(stored.service().coldStarts()).isEmpty();
      assertThat(stored.replicas().getFirst().machine())
          .isEqualTo(new Machine("local", null, null, "", "2 CPUs", 0.5, false, null));
      Changes changes = new Changes("llm");
      changes.service(stored.service().withSpotState("spot").withColdStarts("cold"));
      store.commit(changes);
    }
    try (Store store = open()) {
      var service = store.load(source -> StoredRows.spec()).getFirst().service();
      assertThat(service.spotState()).isEqualTo("spot");
      assertThat(service.coldStarts()).isEqualTo("cold");
    }
  }

  @Test
  void aFailedTransactionKeepsNothingAndTheStoreGoesOn() {
    Changes orphan = new Changes("nobody");
    orphan.event(EventDraft.info(EventType.SCALE_UP, 1, "lost"), StoredRows.NOW);
    orphan.replica(StoredRows.replica("nobody", 1));
    try (Store store = open()) {
      assertThatThrownBy(() -> store.commit(orphan)).isInstanceOf(StoreException.Failed.class);

      assertThat(store.events(null, 0, 10)).isEmpty();
      Changes fine = new Changes("llm");
      fine.service(StoredRows.service("llm"));
      store.commit(fine);
      assertThat(store.load(source -> StoredRows.spec())).hasSize(1);
    }
  }

  private Store open() {
    return new JdbiStore(home, 10_000);
  }
}
