package io.fleetserve.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/// What the event loops allocated on the heap during a recording of the JDK Flight Recorder.
///
/// @param bytesPerSecond of all event loops, counted by the JVM, not sampled
/// @param sites where most of it happens, by the samples
record AllocationProfile(double bytesPerSecond, List<Site> sites) {
  private static final String LOOPS = "lane";
  private static final int FRAMES = 4;

  AllocationProfile {
    sites = List.copyOf(sites);
  }

  /// @param share of all that was allocated, 0 to 1
  /// @param type of the object
  /// @param frames innermost first
  record Site(double share, String type, String frames) {}

  private record Reading(long nanos, long bytes) {}

  static AllocationProfile of(Path recording) throws IOException {
    Map<Long, Reading> first = new HashMap<>();
    Map<Long, Reading> last = new HashMap<>();
    Map<Site, Double> weights = new HashMap<>();
    Set<Long> sampled = new HashSet<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      switch (event.getEventType().getName()) {
        case "jdk.ThreadAllocationStatistics" -> {
          RecordedThread thread = event.getThread("thread");
          if (isLoop(thread)) {
            Reading reading =
                new Reading(
                    event.getStartTime().toEpochMilli() * 1_000_000, event.getLong("allocated"));
            first.putIfAbsent(thread.getJavaThreadId(), reading);
            last.put(thread.getJavaThreadId(), reading);
          }
        }
        case "jdk.ObjectAllocationSample" -> {
          // The first sample of a thread carries the weight of all that it allocated before.
          if (isLoop(event.getThread()) && !sampled.add(event.getThread().getJavaThreadId())) {
            weights.merge(site(event), (double) event.getLong("weight"), Double::sum);
          }
        }
        default -> {}
      }
    }
    double perSecond = 0;
    for (Map.Entry<Long, Reading> begin : first.entrySet()) {
      Reading end = Objects.requireNonNull(last.get(begin.getKey()));
      long nanos = end.nanos - begin.getValue().nanos;
      perSecond += nanos == 0 ? 0 : (end.bytes - begin.getValue().bytes) * 1e9 / nanos;
    }
    return new AllocationProfile(perSecond, most(weights));
  }

  private static boolean isLoop(RecordedThread thread) {
    return thread != null && thread.getJavaName() != null && thread.getJavaName().startsWith(LOOPS);
  }

  private static Site site(RecordedEvent event) {
    RecordedClass type = event.getClass("objectClass");
    StringBuilder frames = new StringBuilder();
    if (event.getStackTrace() != null) {
      for (RecordedFrame frame :
          event.getStackTrace().getFrames().stream().limit(FRAMES).toList()) {
        String owner = frame.getMethod().getType().getName();
        frames
            .append(frames.isEmpty() ? "" : " < ")
            .append(owner.substring(owner.lastIndexOf('.') + 1))
            .append('.')
            .append(frame.getMethod().getName());
      }
    }
    return new Site(0, type.getName(), frames.toString());
  }

  private static List<Site> most(Map<Site, Double> weights) {
    double all = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    return weights.entrySet().stream()
        .map(each -> new Site(each.getValue() / all, each.getKey().type, each.getKey().frames))
        .sorted(Comparator.comparingDouble(Site::share).reversed())
        .limit(10)
        .toList();
  }
}
