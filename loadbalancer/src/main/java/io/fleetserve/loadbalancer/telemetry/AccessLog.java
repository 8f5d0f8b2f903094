package io.fleetserve.loadbalancer.telemetry;

import io.fleetserve.api.log.SizeBoundedLog;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/// The access log: one JSON object a request, in a file of bounded size.
///
/// Thread-safe. Event loops never wait for the disk: each collects lines in a [Part] and hands them
/// over in blocks; a bounded queue and one thread write them. What does not fit into the queue or
/// onto the disk is dropped and counted.
public final class AccessLog implements AutoCloseable {
  private static final int QUEUE_BLOCKS = 128;
  private static final int BLOCK = 16 << 10;
  private static final byte[] END = {};

  private final SizeBoundedLog file;
  private final ArrayBlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(QUEUE_BLOCKS);
  private final LongAdder droppedBytes = new LongAdder();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread writer;

  /// @param path of the current part; its folder exists
  /// @param maxBytes of all parts together
  public AccessLog(Path path, long maxBytes) {
    file = new SizeBoundedLog(path, Math.max(SizeBoundedLog.MIN_BYTES, maxBytes));
    writer = Thread.ofPlatform().daemon().name("access-log").start(this::write);
  }

  /// The collector of one event loop, which alone may use it.
  public Part part() {
    return new Part();
  }

  /// Bytes that were lost because the disk or the queue was full.
  public long droppedBytes() {
    return droppedBytes.sum() + file.dropped();
  }

  private void write() {
    try {
      while (true) {
        byte[] block = blocks.take();
        if (block.length == 0) {
          return;
        }
        file.append(block);
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
    file.close();
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
      line.end();
      if (line.length() >= BLOCK) {
        flush();
      }
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
