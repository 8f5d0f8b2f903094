package io.fleetserve.api.log;

import static io.fleetserve.api.unit.Checks.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A log file of bounded size, addressed by offset: the number of bytes appended before, since the
/// log was made, over rotations and restarts of the program.
///
/// ```
///  offset 0 ........ start()            base              end()
///     (forgotten)      | FILE.1: old part | FILE: new part |
/// ```
///
/// When the new part is full it becomes the old part and the former old part is deleted; both
/// together never exceed the bound. Where the new part begins is kept in `FILE.at`, written at each
/// rotation. Appending never throws: what a full disk does not take is dropped and counted, and the
/// next append tries again. Any process may read the files while they are written; only one may
/// write. Files get the permissions of the process, so keep them in a folder of the owner alone.
///
/// Thread-safe: every method holds the lock of this object; reads of files are at most as long as
/// the caller asks.
public final class SizeBoundedLog implements AutoCloseable {
  /// Smallest bound, in bytes.
  public static final long MIN_BYTES = 2048;

  private static final int TAIL_BLOCK = 16 << 10;

  private final Path file;
  private final Path oldFile;
  private final LogPosition position;
  private final long partBytes;

  private long base;
  private long length;
  private long oldLength;
  private long dropped;
  private @Nullable FileChannel channel;
  private boolean closed;

  /// Opens a log, or makes one at the first append.
  ///
  /// @param file in a folder that exists
  /// @param maxBytes bound of both parts together, >= [#MIN_BYTES]
  public SizeBoundedLog(Path file, long maxBytes) {
    check(maxBytes >= MIN_BYTES, "maxBytes", maxBytes, ">= " + MIN_BYTES);
    this.file = file;
    this.oldFile = file.resolveSibling(file.getFileName() + ".1");
    this.position = new LogPosition(file.resolveSibling(file.getFileName() + ".at"));
    this.partBytes = maxBytes / 2;
    this.length = size(file);
    this.oldLength = size(oldFile);
    this.base = position.baseOf(file, oldFile);
  }

  /// Appends all of `bytes`; see [#append(byte[], int, int)].
  public int append(byte[] bytes) {
    return append(bytes, 0, bytes.length);
  }

  /// Appends bytes and wakes readers that wait.
  ///
  /// @return how many were appended, from the front; fewer than `count` when the disk is full or
  ///   the log is closed
  public synchronized int append(byte[] bytes, int from, int count) {
    int done = 0;
    try {
      while (done < count && !closed) {
        if (length >= partBytes) {
          rotate();
        }
        int piece = (int) Math.min(count - done, partBytes - length);
        write(ByteBuffer.wrap(bytes, from + done, piece));
        length += piece;
        done += piece;
      }
    } catch (IOException ignored) {
      // Disk full or folder gone: counted below; the next append starts anew.
      dropChannel();
      length = size(file);
    }
    dropped += count - done;
    notifyAll();
    return done;
  }

  /// Bytes that could not be appended since this object was made.
  public synchronized long dropped() {
    return dropped;
  }

  /// Offset of the oldest byte still there.
  public synchronized long start() {
    return base - oldLength;
  }

  /// Offset behind the newest byte.
  public synchronized long end() {
    return base + length;
  }

  /// Reads from an offset; from [#start()] when the offset is older. Empty when nothing is there.
  ///
  /// @param max most bytes to read, >= 1
  /// @throws IOException when a part cannot be read
  public synchronized Chunk read(long offset, int max) throws IOException {
    long from = Math.max(offset, base - oldLength);
    boolean old = from < base;
    long inPart = old ? from - (base - oldLength) : from - base;
    long available = (old ? oldLength : length) - inPart;
    if (available <= 0) {
      return new Chunk(from, new byte[0]);
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(available, max));
    try (FileChannel reading = FileChannel.open(old ? oldFile : file, StandardOpenOption.READ)) {
      while (buffer.hasRemaining() && reading.read(buffer, inPart + buffer.position()) >= 0) {}
    }
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return new Chunk(from, bytes);
  }

  /// Waits until there is a byte at `offset`, the log is closed, or the time is over.
  ///
  /// @return whether there is one
  public synchronized boolean await(long offset, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (base + length <= offset && !closed) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(left / 1_000_000 + 1);
    }
    return base + length > offset;
  }

  /// Offset at which the last `lines` lines begin; an unfinished last line counts.
  ///
  /// @param lines >= 0
  /// @throws IOException when a part cannot be read
  public synchronized long lastLines(int lines) throws IOException {
    long at = end();
    int left = lines;
    while (at > start() && left > 0) {
      long from = Math.max(at - TAIL_BLOCK, at > base ? base : start());
      byte[] block = read(from, (int) (at - from)).bytes();
      for (int i = block.length - 1; i >= 0; i--) {
        boolean endsLineBefore = block[i] == '\n' && from + i + 1 < end();
        if (endsLineBefore && --left == 0) {
          return from + i + 1;
        }
      }
      at = from;
    }
    return at;
  }

  /// The last lines as text, oldest first, for messages; bytes that are no UTF-8 are replaced.
  ///
  /// @throws IOException when a part cannot be read
  public synchronized List<String> tail(int lines) throws IOException {
    StringBuilder text = new StringBuilder();
    long at = lastLines(lines);
    while (at < end()) {
      Chunk chunk = read(at, (int) Math.min(end() - at, Integer.MAX_VALUE - 8));
      if (chunk.bytes().length == 0) {
        break;
      }
      text.append(new String(chunk.bytes(), StandardCharsets.UTF_8));
      at = chunk.end();
    }
    return text.toString().lines().toList();
  }

  @Override
  public synchronized void close() {
    closed = true;
    dropChannel();
    notifyAll();
  }

  private void write(ByteBuffer bytes) throws IOException {
    FileChannel writing = channel;
    if (writing == null) {
      writing = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel = writing;
      length = writing.size();
    }
    long at = length;
    try {
      while (bytes.hasRemaining()) {
        at += writing.write(bytes, at);
      }
    } catch (IOException e) {
      // A piece is appended whole or not at all, or offsets would lie.
      writing.truncate(length);
      throw e;
    }
  }

  private void rotate() throws IOException {
    dropChannel();
    Files.move(file, oldFile, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    base += length;
    oldLength = length;
    length = 0;
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    position.store(base, file);
  }

  private void dropChannel() {
    FileChannel closing = channel;
    channel = null;
    if (closing != null) {
      try {
        closing.close();
      } catch (IOException ignored) {
        // Nothing is buffered here, so nothing is lost.
      }
    }
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException ignored) {
      return 0; // not there yet
    }
  }

  /// A piece of the log; the array is the receiver's.
  ///
  /// @param offset of the first byte
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  public record Chunk(long offset, byte[] bytes) {
    /// Offset behind the last byte.
    public long end() {
      return offset + bytes.length;
    }
  }
}
