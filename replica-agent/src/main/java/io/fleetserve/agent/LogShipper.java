package io.fleetserve.agent;

import io.fleetserve.api.log.SizeBoundedLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Sends the replica's log to the controller, piece by piece by offset, and goes on where the
/// controller wants it to when it was away. Reads from the log on disk: memory stays bounded however
/// long the controller is away. Runs on a thread of its own.
///
/// Where the log has already forgotten what comes next, one line says how much is missing, and what
/// follows is numbered behind that line: the controller sees one stream without a hole.
///
///     log      0 ........ [forgotten] start ........ end
///     shipped  0 .... next|[N bytes ...]|.......      = log offset - shift
final class LogShipper implements Runnable {
  private static final int PIECE = 64 << 10;

  /// Output that comes in drops is sent in one piece.
  private static final long GATHER_MILLIS = 50;

  private final ControllerLink link;
  private final SizeBoundedLog log;
  private final Retry retry = new Retry();

  private long next;
  private long shift;
  private volatile long shippedUpTo;

  LogShipper(ControllerLink link, SizeBoundedLog log) {
    this.link = link;
    this.log = log;
  }

  /// Waits until what was logged before this call has been sent; gives up when the time is over.
  void flush(long millis) throws InterruptedException {
    long want = log.end();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (shippedUpTo < want && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public void run() {
    try {
      while (true) {
        if (!log.await(next + shift, Duration.ofHours(1))) {
          continue;
        }
        if (shipOnce()) {
          retry.succeeded();
          if (log.end() - (next + shift) < PIECE) {
            TimeUnit.MILLISECONDS.sleep(GATHER_MILLIS);
          }
        } else {
          TimeUnit.MILLISECONDS.sleep(retry.pause());
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends one piece; false when the controller or the disk was not there.
  private boolean shipOnce() {
    try {
      SizeBoundedLog.Chunk chunk = log.read(next + shift, PIECE);
      long missing = chunk.offset() - (next + shift);
      if (missing > 0) {
        return shipNotice(missing, chunk.offset());
      }
      ControllerLink.Answer answer = link.log(next, chunk.bytes());
      return switch (answer.status()) {
        case 200, 409 -> {
          moveTo(WireReader.next(answer.body()));
          yield true;
        }
        default -> false;
      };
    } catch (IOException | IllegalArgumentException away) {
      return false;
    }
  }

  private boolean shipNotice(long missing, long found) throws IOException {
    byte[] notice =
        ("\n[" + missing + " bytes of output were lost here]\n").getBytes(StandardCharsets.UTF_8);
    ControllerLink.Answer answer = link.log(next, notice);
    if (answer.status() == 409) {
      moveTo(WireReader.next(answer.body()));
      return true;
    }
    if (answer.status() != 200) {
      return false;
    }
    next = WireReader.next(answer.body());
    shift = found - next;
    return true;
  }

  private void moveTo(long wanted) {
    next = wanted;
    if (next + shift > log.end()) {
      shift = log.end() - next; // the controller has more than this log ever held
    }
    shippedUpTo = next + shift;
  }
}
