package io.fleetserve.provider.slurm;

import io.fleetserve.provider.Ownership;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The mark of a job: its name holds the attempt, its comment the rest, as words that people can
/// read in `squeue`. Service names have no spaces.
record JobMark(Ownership ownership, String attemptId) {
  private static final String FIRST = "fleetserve";
  private static final String NAME = "fs-";

  String name() {
    return name(attemptId);
  }

  static String name(String attemptId) {
    return NAME + attemptId;
  }

  String comment() {
    return "%s installation=%s service=%s replica=%d generation=%d attempt=%s"
        .formatted(
            FIRST,
            ownership.installationId(),
            ownership.service(),
            ownership.replicaId(),
            ownership.generation(),
            attemptId);
  }

  /// Empty when the job is none of ours, of whichever installation.
  static Optional<JobMark> of(SlurmJob job) {
    String[] words = job.comment().split(" ", -1);
    if (!words[0].equals(FIRST)) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        values.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    String installation = values.getOrDefault("installation", "");
    String attempt = values.getOrDefault("attempt", "");
    if (installation.isEmpty() || attempt.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new JobMark(
            new Ownership(
                installation,
                values.getOrDefault("service", ""),
                number(values.get("replica")),
                number(values.get("generation"))),
            attempt));
  }

  private static int number(@org.jspecify.annotations.Nullable String text) {
    return text != null && text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }
}
