package io.fleetserve.controller.store;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.wire.EventView;
import io.fleetserve.controller.decision.RecordedDecision;
import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.placement.Blocks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The store in a SQLite file of the home folder, by way of JDBI.
public final class JdbiStore implements Store {
  private static final int EVENT_CLEANUP_EVERY = 64;

  private final Database database;
  private final int eventsKept;
  private final String installationId;

  /// Opens, and migrates, the file; it is made when it is missing.
  ///
  /// @param eventsKept of the whole installation; older ones are dropped
  public JdbiStore(HomeFolder home, int eventsKept) {
    this.database = new Database(home.database(), home::isFull);
    this.eventsKept = eventsKept;
    try {
      this.installationId = database.call(JdbiStore::ensureInstallationId);
    } catch (StoreException e) {
      database.close();
      throw e;
    }
  }

  private static String ensureInstallationId(Handle handle) {
    Optional<String> known = meta(handle, "installation_id");
    if (known.isPresent()) {
      return known.get();
    }
    byte[] random = new byte[6];
    new java.security.SecureRandom().nextBytes(random);
    String fresh = HexFormat.of().formatHex(random);
    setMeta(handle, "installation_id", fresh);
    return fresh;
  }

  private static Optional<String> meta(Handle handle, String name) {
    return handle
        .createQuery("SELECT value FROM meta WHERE name = :name")
        .bind("name", name)
        .mapTo(String.class)
        .findOne();
  }

  private static void setMeta(Handle handle, String name, String value) {
    handle
        .createUpdate("INSERT OR REPLACE INTO meta (name, value) VALUES (:name, :value)")
        .bind("name", name)
        .bind("value", value)
        .execute();
  }

  @Override
  public String installationId() {
    return installationId;
  }

  @Override
  public int controllerPort() {
    return port("controller_port");
  }

  private int port(String name) {
    return database.call(handle -> meta(handle, name).map(Integer::parseInt).orElse(0));
  }

  @Override
  public void saveControllerPort(int port) {
    savePort("controller_port", port);
  }

  private void savePort(String name, int port) {
    database.call(handle -> {
      setMeta(handle, name, Integer.toString(port));
      return port;
    });
  }

  @Override
  public long reserveGenerations(long count) {
    return database.call(handle -> {
      long before = meta(handle, "generation").map(Long::parseLong).orElse(0L);
      setMeta(handle, "generation", Long.toString(before + count));
      return before;
    });
  }

  @Override
  public List<StoredService> load(Function<SpecSource, ServiceSpec> reader) {
    return database.call(handle -> {
      List<StoredService> all = new ArrayList<>();
      for (var service : ServiceRows.all(handle)) {
        List<String> unreadable = new ArrayList<>();
        all.add(
            new StoredService(
                service,
                VersionRows.of(handle, service.name(), reader, unreadable),
                ReplicaRows.of(handle, service.name(), unreadable),
                AttemptRows.of(handle, service.name()),
                unreadable));
      }
      return all;
    });
  }

  @Override
  public List<EventView> commit(Changes changes) {
    return database.call(handle -> {
      if (changes.row() != null && !changes.ended()) {
        ServiceRows.write(handle, changes.row());
      }
      changes.attempts().forEach(attempt -> AttemptRows.write(handle, attempt));
      if (changes.ended()) {
        ServiceRows.delete(handle, changes.serviceName());
      } else {
        changes.versions().forEach(version -> VersionRows.write(handle, version));
        changes.replicas().forEach(replica -> ReplicaRows.write(handle, replica));
        changes.forgotten().forEach(key -> ReplicaRows.delete(handle, key));
        DecisionRows.append(handle, changes.serviceName(), changes.decisions());
      }
      List<EventView> stored = new ArrayList<>();
      for (Changes.TimedEvent event : changes.events()) {
        stored.add(EventRows.append(handle, changes.serviceName(), event));
      }
      if (!stored.isEmpty() && stored.getLast().sequence() % EVENT_CLEANUP_EVERY < stored.size()) {
        EventRows.keepLast(handle, eventsKept);
      }
      return stored;
    });
  }

  @Override
  public List<EventView> events(@Nullable String service, long after, int limit) {
    return database.call(handle -> EventRows.read(handle, service, after, limit));
  }

  @Override
  public List<RecordedDecision> decisions(String service, int limit) {
    return database.call(handle -> DecisionRows.last(handle, service, limit));
  }

  @Override
  public Blocks blocks() {
    return database.call(BlockRows::all);
  }

  @Override
  public void saveBlocks(Blocks blocks) {
    database.call(handle -> BlockRows.replace(handle, blocks));
  }

  @Override
  public Optional<Attempt> attempt(String attemptId) {
    return database.call(handle -> AttemptRows.find(handle, attemptId));
  }

  @Override
  public void forgetAttempts(Instant time) {
    database.call(handle ->
        AttemptRows.deleteFinishedBefore(handle, time) + JoinRows.deleteOrphans(handle, time));
  }

  @Override
  public Optional<Join> join(String attemptId) {
    return database.call(handle -> JoinRows.find(handle, attemptId));
  }

  @Override
  public void save(Join join) {
    database.call(handle -> JoinRows.write(handle, join));
  }

  @Override
  public int agentPort() {
    return port("agent_port");
  }

  @Override
  public void saveAgentPort(int port) {
    savePort("agent_port", port);
  }

  @Override
  public int tunnelPort() {
    return port("tunnel_port");
  }

  @Override
  public void saveTunnelPort(int port) {
    savePort("tunnel_port", port);
  }

  @Override
  public void close() {
    database.close();
  }
}
