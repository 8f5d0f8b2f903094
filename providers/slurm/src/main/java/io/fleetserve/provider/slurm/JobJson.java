package io.fleetserve.provider.slurm;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads jobs as `squeue --json` and `slurmrestd` write them. Versions differ: a number is `5` or
/// `{"set": true, "number": 5}`, a state `"RUNNING"` or `["RUNNING"]`. Pure.
final class JobJson {
  /// Slurm's "no such value" of 32 and 64 bits, and what lies just below.
  private static final long UNSET = 0xfffffff0L;

  /// 2100: what is later stands for no end.
  private static final long FAR_SECONDS = 4_102_444_800L;

  private JobJson() {}

  static List<SlurmJob> jobs(JsonNode answer) {
    List<SlurmJob> jobs = new ArrayList<>();
    for (JsonNode job : answer.path("jobs")) {
      jobs.add(job(job));
    }
    return jobs;
  }

  static SlurmJob job(JsonNode job) {
    return new SlurmJob(
        number(job.path("job_id")),
        text(job.path("name")),
        comment(job.path("comment")),
        text(job.path("partition")),
        states(job),
        text(job.path("state_reason")),
        text(job.path("state_description")),
        Instant.ofEpochSecond(number(job.path("submit_time"))),
        time(job.path("start_time")),
        time(job.path("end_time")),
        time(job.path("preempt_time")),
        (int) number(job.path("restart_cnt")),
        exitCode(job.path("exit_code")),
        text(job.path("nodes")),
        text(job.path("standard_output")));
  }

  /// Newer versions keep several comments.
  private static String comment(JsonNode comment) {
    return text(comment.isObject() ? comment.path("job") : comment);
  }

  private static Set<String> states(JsonNode job) {
    Set<String> states = new HashSet<>();
    for (JsonNode node : List.of(job.path("job_state"), job.path("state_flags"))) {
      if (node.isArray()) {
        node.forEach(state -> states.add(text(state).toUpperCase(Locale.ROOT)));
      } else {
        states.add(text(node).toUpperCase(Locale.ROOT));
      }
    }
    states.remove("");
    return states;
  }

  private static @Nullable Instant time(JsonNode node) {
    long seconds = number(node);
    return seconds <= 0 || seconds >= FAR_SECONDS ? null : Instant.ofEpochSecond(seconds);
  }

  /// As `wait` gives it: the code in the second byte, a signal in the first; newer versions say
  /// which is which.
  private static int exitCode(JsonNode node) {
    if (node.has("return_code")) {
      int signal = (int) number(node.path("signal").path("id"));
      int signalOld = (int) number(node.path("signal").path("signal_id"));
      int code = (int) number(node.path("return_code"));
      int by = Math.max(signal, signalOld);
      return by > 0 ? 128 + by : code;
    }
    int status = (int) number(node);
    return (status & 0x7f) != 0 ? 128 + (status & 0x7f) : status >> 8 & 0xff;
  }

  /// 0 when it is not set.
  static long number(JsonNode node) {
    if (node.isObject()) {
      return node.path("set").asBoolean(false) && !node.path("infinite").asBoolean(false)
          ? node.path("number").asLong(0)
          : 0;
    }
    long value = node.isString() ? parse(node.asString("")) : node.isNumber() ? node.asLong(0) : 0;
    return value >= UNSET && value <= 0xffffffffL ? 0 : Math.max(0, value);
  }

  private static long parse(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }

  static String text(JsonNode node) {
    return node.isString() ? node.asString("") : node.isNumber() ? node.asString("") : "";
  }
}
