package io.fleetserve.benchmarks.load.wire;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/// What the client counted between BEGIN and END.
///
/// @param beginNanos, endNanos on the monotonic clock, which all processes of one machine share
/// @param count complete requests, or events of streams
/// @param bytes of bodies
/// @param errors connections refused, lost or answered with anything but 200
/// @param connected connections open at the end
/// @param latency compressed histogram of nanoseconds, Base64: from the moment a request was due
///   (or an event was made) until its answer was complete
/// @param lateness as latency: from the moment a request was due until it was written although a
///   connection was free: how far the client itself fell behind
/// @param timeline complete requests per slot of [#SLOT_MILLIS] from BEGIN
public record Outcome(
    long beginNanos,
    long endNanos,
    long count,
    long bytes,
    long errors,
    int connected,
    String latency,
    String lateness,
    List<Long> timeline) {
  public static final int SLOT_MILLIS = 50;

  public Outcome {
    timeline = List.copyOf(timeline);
  }

  public double seconds() {
    return (endNanos - beginNanos) / 1e9;
  }

  public double perSecond() {
    return count / seconds();
  }

  public static String encode(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(buffer.array(), length));
  }

  public static Histogram decode(String encoded) {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(encoded)), 0);
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("histogram: not in the compressed form", e);
    }
  }
}
