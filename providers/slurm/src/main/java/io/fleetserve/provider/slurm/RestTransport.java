package io.fleetserve.provider.slurm;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.transport.HttpAnswer;
import io.fleetserve.provider.transport.HttpBody;
import io.fleetserve.provider.transport.HttpCall;
import io.fleetserve.provider.transport.HttpCaller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A cluster by `slurmrestd`: with a JWT over TCP or TLS, or by the rights of the process over a
/// Unix socket. Thread-safe.
///
/// @param version of the API, for example `v0.0.38`
/// @param user whose jobs these are, and whose token it is
/// @param tokenFile read at each call, so that it may be renewed; null means a Unix socket
record RestTransport(HttpCaller caller, String version, String user, @Nullable Path tokenFile)
    implements SlurmTransport {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int UNKNOWN_JOB = 2017;

  @Override
  public long submit(JobRequest request) throws IOException, SlurmRefusal {
    JsonNode answer =
        json(
            send(
                "POST",
                "/job/submit",
                HttpBody.json(SubmitBody.of(request, RestDialect.of(version)).toString())));
    long id = JobJson.number(answer.path("job_id"));
    if (id == 0) {
      throw new SlurmRefusal(errors(answer));
    }
    return id; // beside an id, an error is only a warning: the job waits
  }

  @Override
  public List<SlurmJob> jobs() throws IOException, SlurmRefusal {
    JsonNode answer = json(send("GET", "/jobs", null));
    refuse(answer, "jobs");
    return StreamSupport.stream(answer.path("jobs").spliterator(), false)
        .filter(job -> JobJson.text(job.path("user_name")).equals(user))
        .map(JobJson::job)
        .toList();
  }

  @Override
  public Optional<SlurmJob> job(long id) throws IOException, SlurmRefusal {
    JsonNode answer = json(send("GET", "/job/" + id, null));
    if (isUnknownJob(answer)) {
      return Optional.empty();
    }
    refuse(answer, "jobs");
    return JobJson.jobs(answer).stream().filter(job -> job.id() == id).findFirst();
  }

  @Override
  public void cancel(long id) throws IOException, SlurmRefusal {
    JsonNode answer = json(send("DELETE", "/job/" + id, null));
    if (!isUnknownJob(answer) && !errors(answer).contains("already completing or completed")) {
      refuse(answer, "");
    }
  }

  @Override
  public ClusterView view() throws IOException, SlurmRefusal {
    JsonNode partitions = json(send("GET", "/partitions", null));
    refuse(partitions, "partitions");
    JsonNode nodes = json(send("GET", "/nodes", null));
    refuse(nodes, "nodes");
    return ViewJson.view(partitions, nodes);
  }

  private HttpAnswer send(String method, String resource, @Nullable HttpBody body)
      throws IOException {
    Map<String, String> headers = new HashMap<>();
    if (tokenFile != null) {
      headers.put("X-SLURM-USER-NAME", user);
      headers.put("X-SLURM-USER-TOKEN", Files.readString(tokenFile).strip());
    }
    return caller.call(
        new HttpCall(method, "/slurm/" + version + resource, headers, body, TIMEOUT));
  }

  private static JsonNode json(HttpAnswer answer) throws IOException, SlurmRefusal {
    if (answer.status() == 401 || answer.status() == 403) {
      throw new SlurmRefusal(
          "slurmrestd: authentication failed (" + answer.status() + "): check user and token_file");
    }
    try {
      JsonNode json = Json.MAPPER.readTree(answer.body());
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      // Told below.
    }
    if (answer.status() == 404) {
      throw new SlurmRefusal("slurmrestd: 404: it does not speak this API version: check rest.api");
    }
    throw new IOException("slurmrestd: " + answer.status() + ": the answer is not JSON");
  }

  /// A wrong token comes back as an error of the call, and not as 401.
  private static void refuse(JsonNode answer, String expected) throws SlurmRefusal {
    String errors = errors(answer);
    boolean empty = expected.isEmpty() || answer.path(expected).isEmpty();
    if (!errors.isEmpty() && empty) {
      throw new SlurmRefusal(errors);
    }
  }

  private static boolean isUnknownJob(JsonNode answer) {
    for (JsonNode error : answer.path("errors")) {
      long number = Math.max(code(error, "error_number"), code(error, "error_code"));
      if (number == UNKNOWN_JOB) {
        return true;
      }
    }
    return false;
  }

  private static long code(JsonNode error, String name) {
    return error.path(name).asLong(0);
  }

  private static String errors(JsonNode answer) {
    StringBuilder text = new StringBuilder();
    for (JsonNode error : answer.path("errors")) {
      String what = JobJson.text(error.path("error"));
      String more = JobJson.text(error.path("description"));
      text.append(text.isEmpty() ? "" : "; ").append(what);
      text.append(more.isEmpty() || more.equals(what) ? "" : (what.isEmpty() ? "" : ": ") + more);
    }
    return text.toString();
  }
}
