package io.fleetserve.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.controller.home.HomeFolder;
import io.fleetserve.controller.home.StartupException;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A home on a file system that is full or read-only.
final class FullDiskTest {
  @TempDir Path folder;

  @Test
  void aFullDiskIsItsOwnExceptionAndTheStoreHealsWhenThereIsSpace() throws Exception {
    try (Tmpfs disk = Tmpfs.mount(folder.resolve("disk"), "size=6m")) {
      HomeFolder home = new HomeFolder(disk.path().resolve("home"));
      home.create();
      try (Store store = new JdbiStore(home, 100_000)) {
        store.commit(event("before"));
        Path filler = disk.path().resolve("filler");
        fill(filler);

        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 2000; i++) {
                    store.commit(event("x".repeat(2000)));
                  }
                })
            .isInstanceOf(StoreException.DiskFull.class)
            .hasMessageContaining(home.database().toString());
        assertThat(home.isFull()).isTrue();

        Files.delete(filler);
        store.commit(event("after"));
        assertThat(store.events("llm", -1, 1).getFirst().message()).isEqualTo("after");
      }
    }
  }

  @Test
  void aReadOnlyHomeIsNamedAtTheStart() throws Exception {
    try (Tmpfs disk = Tmpfs.mount(folder.resolve("disk"), "ro")) {
      HomeFolder home = new HomeFolder(disk.path().resolve("home"));

      assertThatThrownBy(home::create)
          .isInstanceOf(StartupException.class)
          .hasMessageContaining(home.root().toString())
          .hasMessageContaining("Read-only file system");
    }
  }

  private static Changes event(String message) {
    Changes changes = new Changes("llm");
    changes.service(StoredRows.service("llm"));
    changes.event(EventDraft.info(EventType.SCALE_UP, 1, message), StoredRows.NOW);
    return changes;
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }
}
