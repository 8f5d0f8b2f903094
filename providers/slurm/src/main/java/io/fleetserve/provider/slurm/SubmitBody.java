package io.fleetserve.provider.slurm;

import io.fleetserve.api.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A submission as Slurm's REST API takes it. Pure.
final class SubmitBody {
  /// `sbatch` options that the API has under a name of its own.
  private static final Map<String, String> NAMES =
      Map.of(
          "account", "account",
          "qos", "qos",
          "constraint", "constraints",
          "reservation", "reservation",
          "nice", "nice",
          "wckey", "wckey",
          "licenses", "licenses",
          "exclude", "excluded_nodes",
          "nodelist", "required_nodes");

  private static final Set<String> LISTS = Set.of("excluded_nodes", "required_nodes");

  private static final String PATH = "PATH=/usr/local/bin:/usr/bin:/bin";

  private SubmitBody() {}

  /// Options of `sbatch` that can be given.
  static Set<String> options() {
    return NAMES.keySet();
  }

  static JsonNode of(JobRequest request, RestDialect dialect) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ObjectNode job = Json.MAPPER.createObjectNode();
    boolean plain = dialect.plain();
    (dialect == RestDialect.SCRIPT_INSIDE ? job : body).put("script", request.script());
    body.set("job", job);
    job.put("name", request.mark().name());
    job.put("comment", request.mark().comment());
    job.put("partition", request.partition());
    job.put("current_working_directory", "/");
    job.put("standard_output", request.output());
    job.put("standard_error", request.output());
    job.put("requeue", false);
    if (dialect == RestDialect.BY_OPTION) {
      job.put("no_requeue", true);
    }
    job.put("tasks", request.nodes());
    job.put("tasks_per_node", 1);
    nodes(job, request.nodes(), plain);
    if (request.cpus() > 0) {
      job.put("cpus_per_task", request.cpus());
    }
    if (request.memoryMib() > 0) {
      number(job, "memory_per_node", request.memoryMib(), plain);
    }
    request
        .walltime()
        .ifPresent(time -> number(job, "time_limit", Math.max(1, time.toMinutes()), plain));
    if (!request.gpus().isEmpty()) {
      List<String> gres =
          request.gpus().stream().map(each -> plain ? each : "gres/" + each).toList();
      job.put(plain ? "gres" : "tres_per_node", String.join(",", gres));
    }
    if (plain) {
      job.putObject("environment").put("PATH", PATH.substring("PATH=".length()));
    } else {
      job.putArray("environment").add(PATH);
    }
    request.options().forEach((option, value) -> option(job, NAMES.get(option), value, plain));
    return body;
  }

  private static void nodes(ObjectNode job, int nodes, boolean plain) {
    if (plain) {
      job.putArray("nodes").add(nodes).add(nodes);
    } else {
      job.put("minimum_nodes", nodes);
      job.put("maximum_nodes", nodes);
    }
  }

  private static void number(ObjectNode job, String key, long value, boolean plain) {
    if (plain) {
      job.put(key, value);
    } else {
      job.putObject(key).put("set", true).put("infinite", false).put("number", value);
    }
  }

  private static void option(
      ObjectNode job, @org.jspecify.annotations.Nullable String key, String value, boolean plain) {
    if (key == null) {
      return; // refused when the settings were read
    }
    if (key.equals("nice")) {
      job.put(key, Integer.parseInt(value));
    } else if (LISTS.contains(key) && !plain) {
      ArrayNode list = job.putArray(key);
      ClusterView.words(value).forEach(list::add);
    } else {
      job.put(key, value);
    }
  }
}
