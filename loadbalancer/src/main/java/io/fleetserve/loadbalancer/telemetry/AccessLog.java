package io.fleetserve.loadbalancer.telemetry;

import io.fleetserve.api.log.SizeBoundedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The access log: one JSON object a request, in a file of bounded size.
///
/// Thread-safe. Event loops never wait for the disk: each collects lines in a [Part] and hands them
/// over in blocks; a bounded queue and one thread write them. What does not fit into the queue or
/// onto the disk is dropped and counted.
public final class AccessLog implements AutoCloseable {
  private static final int QUEUE_BLOCKS = 128;
  private static final int BLOCK = 16 << 10;
  private static final byte[] END = {};

  private static final String ASIDE = ".of-";

  private final Path path;
  private final long maxBytes;
  private final ArrayBlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(QUEUE_BLOCKS);
  private final LongAdder droppedBytes = new LongAdder();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread writer;
  private volatile @Nullable SizeBoundedLog file;
  private volatile boolean aside;

  /// Lines are kept in memory until [#open].
  ///
  /// @param path of the current part; its folder exists
  /// @param maxBytes of all parts together
  public AccessLog(Path path, long maxBytes) {
    this.path = path;
    this.maxBytes = Math.max(SizeBoundedLog.MIN_BYTES, maxBytes);
    writer = Thread.ofPlatform().daemon().name("access-log").unstarted(this::write);
  }

  /// Begins to write, once no other process writes the file.
  public void open() {
    file = new SizeBoundedLog(path, maxBytes);
    writer.start();
  }

  /// Leaves the file to another process: what comes from now on goes into a file of its own beside
  /// it, which [#collect] of that process adds when this one has ended.
  public synchronized void moveAside() {
    SizeBoundedLog left = file;
    Path own = path.resolveSibling(path.getFileName() + ASIDE + ProcessHandle.current().pid());
    file = new SizeBoundedLog(own, maxBytes);
    aside = true;
    if (left != null) {
      left.close();
    }
  }

  /// Adds what processes that have ended since wrote aside.
  public synchronized void collect() {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || aside) {
      return;
    }
    Pattern name = Pattern.compile(Pattern.quote(path.getFileName() + ASIDE) + "(\\d+)(.*)");
    try (Stream<Path> files = Files.list(folder)) {
      // Backwards: the older part, FILE.1, comes before FILE.
      for (Path part : files.sorted(Comparator.reverseOrder()).toList()) {
        Matcher match = name.matcher(part.getFileName().toString());
        if (match.matches()
            && ProcessHandle.of(Long.parseLong(match.group(1))).isEmpty()
            && (match.group(2).equals(".at") || append(Files.readAllBytes(part)))) {
          Files.delete(part);
        }
      }
    } catch (IOException ignored) {
      // It is tried again.
    }
  }

  private synchronized boolean append(byte[] block) {
    SizeBoundedLog to = file;
    return to != null && to.append(block) == block.length;
  }

  /// The collector of one event loop, which alone may use it.
  public Part part() {
    return new Part();
  }

  /// Bytes that were lost because the disk or the queue was full.
  public long droppedBytes() {
    SizeBoundedLog open = file;
    return droppedBytes.sum() + (open == null ? 0 : open.dropped());
  }

  private void write() {
    try {
      while (true) {
        byte[] block = blocks.take();
        if (block.length == 0) {
          return;
        }
        append(block);
      }
    } catch (InterruptedException ignored) {
      // The program ends.
    }
  }

  /// Writes what was handed over, then closes the file.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      if (blocks.offer(END, 1, TimeUnit.SECONDS)) {
        writer.join(TimeUnit.SECONDS.toMillis(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    SizeBoundedLog open = file;
    if (open != null) {
      open.close();
    }
  }

  /// Lines of one event loop that were not handed over yet. Confined to that loop.
  public final class Part {
    private final AccessLine line = new AccessLine();

    private Part() {}

    /// Adds a request.
    public void add(AccessEntry entry) {
      line.time(entry.timeMillis());
      line.text(",\"service\":", entry.service());
      line.number(",\"replica\":", entry.replica());
      line.number(",\"generation\":", entry.generation());
      line.text(",\"method\":", entry.method());
      line.text(",\"path\":", entry.path());
      line.number(",\"status\":", entry.status());
      line.number(",\"attempts\":", entry.attempts());
      line.number(",\"bytesIn\":", entry.bytesIn());
      line.number(",\"bytesOut\":", entry.bytesOut());
      line.number(",\"heldMillis\":", entry.heldMillis());
      line.number(",\"firstByteMillis\":", entry.firstByteMillis());
      line.number(",\"millis\":", entry.millis());
      line.text(",\"requestId\":", entry.requestId());
      line.text(",\"client\":", entry.client());
      line.text(",\"outcome\":", entry.outcome());
      line.text(",\"protocol\":", entry.protocol());
      if (!entry.tls().isEmpty()) {
        line.text(",\"tls\":", entry.tls());
      }
      line.number(",\"placedMicros\":", entry.placedMicros());
      line.number(",\"sentMicros\":", entry.sentMicros());
      line.number(",\"firstByteMicros\":", entry.firstByteMicros());
      line.number(",\"micros\":", entry.micros());
      if (!entry.tries().isEmpty()) {
        tries(entry.tries());
      }
      line.end();
      if (line.length() >= BLOCK) {
        flush();
      }
    }

    private void tries(List<Try> tries) {
      String before = ",\"tries\":[";
      for (Try each : tries) {
        line.number(before + "{\"replica\":", each.replica());
        line.number(",\"generation\":", each.generation());
        line.number(",\"placedMicros\":", each.placedMicros());
        line.number(",\"sentMicros\":", each.sentMicros());
        line.number(",\"endMicros\":", each.endMicros());
        line.text(",\"reason\":", each.reason());
        before = "},";
      }
      line.raw("}]");
    }

    /// Hands the lines over.
    public void flush() {
      if (line.length() == 0) {
        return;
      }
      byte[] block = line.take();
      if (closed.get() || !blocks.offer(block)) {
        droppedBytes.add(block.length);
      }
    }
  }
}
