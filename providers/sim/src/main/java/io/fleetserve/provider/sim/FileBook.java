package io.fleetserve.provider.sim;

import io.fleetserve.api.unit.FileErrors;
import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.ProviderException;
import io.fleetserve.provider.sim.cloud.CloudInstance;
import io.fleetserve.provider.sim.cloud.InstanceBook;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;

/// Instances as files, one each, read anew at each question: nothing is remembered.
record FileBook(Path folder) implements InstanceBook {
  static FileBook in(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new FileBook(folder);
  }

  @Override
  public List<CloudInstance> all() {
    List<CloudInstance> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : files) {
        try {
          all.add(Json.MAPPER.readValue(Files.readAllBytes(file), CloudInstance.class));
        } catch (NoSuchFileException ended) {
          // it ended between the listing and the reading
        }
      }
    } catch (DirectoryIteratorException e) {
      throw new ProviderException("sim: list " + folder + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw failed("list", e);
    } catch (JacksonException e) {
      throw new ProviderException("sim: " + folder + ": " + e.getOriginalMessage(), e);
    }
    all.sort(
        Comparator.comparingLong(CloudInstance::createdMillis)
            .thenComparing(CloudInstance::attemptId));
    return all;
  }

  @Override
  public void write(CloudInstance instance) {
    try {
      WholeFile.replace(file(instance.attemptId()), Json.MAPPER.writeValueAsBytes(instance));
    } catch (IOException e) {
      throw failed("write", e);
    }
  }

  @Override
  public void remove(String attemptId) {
    try {
      Files.deleteIfExists(file(attemptId));
    } catch (IOException e) {
      throw failed("remove", e);
    }
  }

  private Path file(String attemptId) {
    return folder.resolve(attemptId + ".json");
  }

  private static ProviderException failed(String what, IOException e) {
    return new ProviderException("sim: " + what + ": " + FileErrors.describe(e), e);
  }
}
