package io.fleetserve.controller.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Held while a controller lives, so that a home has one at most. The system frees it when the
/// process ends in any way.
public final class HomeLock implements AutoCloseable {
  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Takes the lock, or throws a [StartupException] when another controller has it.
  public static HomeLock take(HomeFolder home) {
    Path file = home.lock();
    FileChannel channel = null;
    try {
      OwnerOnlyFiles.createFile(file);
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
      if (tryLock(channel) != null) {
        return new HomeLock(channel);
      }
      channel.close();
    } catch (IOException e) {
      throw new StartupException("cannot lock " + file + ": " + HomeFolder.reason(e), e);
    }
    throw new StartupException(
        "another controller runs in "
            + home.root()
            + " (it holds "
            + file
            + "); use it, or end it with: serve controller stop");
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // The process is about to end, which frees the lock as well.
    }
  }
}
