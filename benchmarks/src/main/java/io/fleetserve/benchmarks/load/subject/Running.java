package io.fleetserve.benchmarks.load.subject;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A started subject. Closing ends it and its descendants: SIGTERM, after 5 s SIGKILL.
///
/// @param process null for the backend itself, which is reached without a proxy
/// @param onClose run last; null: nothing
public record Running(String name, int port, @Nullable Process process, @Nullable Runnable onClose)
    implements AutoCloseable {
  private static final long GRACE_SECONDS = 5;

  /// The backend without a proxy: the floor of latency, and what client and backend can do.
  public static Running direct(int port) {
    return new Running("direct", port, null, null);
  }

  @Override
  public void close() {
    if (process != null) {
      end(process);
    }
    if (onClose != null) {
      onClose.run();
    }
  }

  /// The process.
  ///
  /// @throws IllegalStateException when there is none
  ProcessHandle handle() {
    Process started = process;
    if (started == null) {
      throw new IllegalStateException(name + " has no process");
    }
    return started.toHandle();
  }

  /// Kills the process and its descendants without a word, and waits until they are gone.
  void kill() throws InterruptedException {
    Process started = process;
    if (started != null) {
      List<ProcessHandle> descendants = started.descendants().toList();
      started.destroyForcibly();
      descendants.forEach(ProcessHandle::destroyForcibly);
      started.waitFor();
      descendants.forEach(each -> each.onExit().join());
    }
    close();
  }

  /// Ends a process and its descendants, by their ids. An interrupt cuts the grace short.
  public static void end(Process process) {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroy();
    try {
      process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }
}
