package io.fleetserve.provider.local;

import io.fleetserve.api.unit.FileErrors;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.host.HostAnswer;
import io.fleetserve.provider.host.HostCall;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Carries out the calls of a session, side by side, on this machine's own provider; also removes
/// the files that were copied here for a replica, with it. Thread-safe.
final class HostCalls implements AutoCloseable {
  private static final Offer HERE = new Offer(LocalProvider.NAME, null, null, "host", "", 0, false);

  /// Copied files without a replica are younger than this while they are being copied.
  private static final Duration ABANDONED = Duration.ofHours(1);

  private final InstanceProvider provider;
  private final String installationId;
  private final Path files;
  private final Consumer<String> out;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param files folder with one folder per attempt
  /// @param out takes one line at a time
  HostCalls(InstanceProvider provider, String installationId, Path files, Consumer<String> out) {
    this.provider = provider;
    this.installationId = installationId;
    this.files = files;
    this.out = out;
  }

  /// Returns at the end of the calls, when all are answered.
  void serve(Reader calls) throws IOException {
    BufferedReader lines = new BufferedReader(calls);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      HostCall call = Json.MAPPER.readValue(line, HostCall.class);
      threads.execute(() -> answer(call));
    }
  }

  private void answer(HostCall call) {
    HostAnswer answer;
    try {
      answer = carryOut(call);
    } catch (IOException e) {
      answer = HostAnswer.failed(call.id(), FileErrors.describe(e));
    } catch (RuntimeException | LinkageError e) {
      answer = HostAnswer.failed(call.id(), String.valueOf(e.getMessage()));
    }
    String line = Json.MAPPER.writeValueAsString(answer);
    synchronized (out) {
      out.accept(line);
    }
  }

  private HostAnswer carryOut(HostCall call) throws IOException {
    return switch (call.verb()) {
      case CREATE -> created(call.id(), create(Objects.requireNonNull(call.boot(), "boot")));
      case GET -> HostAnswer.found(call.id(), provider.get(ref(call)).stream().toList());
      case LIST -> HostAnswer.found(call.id(), list());
      case TERMINATE -> {
        provider.terminate(ref(call));
        remove(files.resolve(LocalName.of(ref(call)).attemptId()));
        yield HostAnswer.done(call.id());
      }
    };
  }

  private static InstanceRef ref(HostCall call) {
    return new InstanceRef(LocalProvider.NAME, Objects.requireNonNull(call.instance(), "instance"));
  }

  private CreateOutcome create(AgentBoot boot) throws IOException {
    Ownership owner =
        new Ownership(boot.installationId(), boot.service(), boot.replicaId(), boot.generation());
    CreateOutcome outcome =
        provider.create(new CreateSpec(boot.attemptId(), owner, HERE, boot, Instant.MAX));
    if (outcome instanceof CreateOutcome.Rejected) {
      remove(files.resolve(boot.attemptId()));
    }
    return outcome;
  }

  private static HostAnswer created(long id, CreateOutcome outcome) {
    return switch (outcome) {
      case CreateOutcome.Accepted(InstanceRef ref) ->
          new HostAnswer(id, ref.id(), null, false, List.of(), null);
      case CreateOutcome.Rejected(var error) ->
          new HostAnswer(id, null, error, false, List.of(), null);
      case CreateOutcome.Unknown(var error) ->
          new HostAnswer(id, null, error, true, List.of(), null);
    };
  }

  private List<Instance> list() throws IOException {
    List<Instance> all = provider.list(installationId);
    Set<String> alive = all.stream().map(Instance::attemptId).collect(Collectors.toSet());
    if (Files.isDirectory(files)) {
      Instant young = Instant.now().minus(ABANDONED);
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(files)) {
        for (Path folder : folders) {
          if (!alive.contains(String.valueOf(folder.getFileName()))
              && Files.getLastModifiedTime(folder).toInstant().isBefore(young)) {
            remove(folder);
          }
        }
      }
    }
    return all;
  }

  private static void remove(Path folder) throws IOException {
    new ReplicaFolder(folder).delete();
  }

  @Override
  public void close() {
    threads.close();
  }
}
