package io.fleetserve.agent;

import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentBoot.ProbeRule;
import io.fleetserve.api.wire.AgentBoot.ReplicaTask;
import io.fleetserve.api.wire.AgentBoot.RestartRule;
import io.fleetserve.api.wire.AgentCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the agent's side of `io.fleetserve.api.wire`. Unknown fields are ignored; a missing or
/// wrong one is an [IllegalArgumentException] that names it.
final class WireReader {
  private final Map<String, @Nullable Object> fields;

  private WireReader(Map<String, @Nullable Object> fields) {
    this.fields = fields;
  }

  static AgentBoot boot(byte[] utf8) {
    WireReader json = new WireReader(AgentJson.object(utf8));
    return new AgentBoot(
        json.text("installationId"),
        json.text("service"),
        json.integer("replicaId"),
        json.integer("generation"),
        json.integer("version"),
        json.text("attemptId"),
        json.text("controllerUrl"),
        json.text("token"),
        json.textOrNull("authority"),
        Boolean.TRUE.equals(json.fields.get("oneAddress")),
        json.text("folder"),
        json.inside("task").task(),
        json.inside("probe").probe());
  }

  static AgentCommand.Configure configure(byte[] utf8) {
    WireReader json = new WireReader(AgentJson.object(utf8));
    return new AgentCommand.Configure(
        json.integer("version"),
        json.inside("probe").probe(),
        json.inside("restart").restart(),
        json.items("tunnels"));
  }

  static AgentCommand.Stop stop(byte[] utf8) {
    return new AgentCommand.Stop(
        new WireReader(AgentJson.object(utf8)).number("graceMillis").longValue());
  }

  /// `AgentCertificate`.
  static Membership.Answer certificate(byte[] utf8) {
    WireReader json = new WireReader(AgentJson.object(utf8));
    return new Membership.Answer(
        json.text("certificate"), json.number("renewAfterMillis").longValue());
  }

  /// `LogAck.next`.
  static long next(byte[] utf8) {
    return new WireReader(AgentJson.object(utf8)).number("next").longValue();
  }

  private ReplicaTask task() {
    return new ReplicaTask(
        textOrNull("setup"),
        text("run"),
        texts("env"),
        text("host"),
        integer("port"),
        textOrNull("workdir"),
        texts("fileMounts"),
        number("memoryBytes").longValue(),
        number("cpus").doubleValue(),
        number("logBytes").longValue(),
        inside("restart").restart(),
        number("graceMillis").longValue());
  }

  private ProbeRule probe() {
    return new ProbeRule(
        text("path"),
        textOrNull("postData"),
        texts("headers"),
        number("initialDelayMillis").longValue(),
        number("timeoutMillis").longValue(),
        number("intervalMillis").longValue(),
        number("failureWindowMillis").longValue(),
        protocol(),
        textOrNull("grpcService"),
        Boolean.TRUE.equals(fields.get("tls")));
  }

  /// HTTP/1.1 unless it is told.
  private ReplicaProtocol protocol() {
    String name = textOrNull("protocol");
    try {
      return name == null ? ReplicaProtocol.HTTP1 : ReplicaProtocol.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("protocol: " + name + ": not known to this agent", e);
    }
  }

  private RestartRule restart() {
    return new RestartRule(text("policy"), integer("maxRestarts"));
  }

  private @Nullable String textOrNull(String name) {
    return fields.get(name) instanceof String text ? text : null;
  }

  private String text(String name) {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw wrong(name, "text");
  }

  private Number number(String name) {
    if (fields.get(name) instanceof Number number) {
      return number;
    }
    throw wrong(name, "a number");
  }

  private int integer(String name) {
    return Math.toIntExact(number(name).longValue());
  }

  private Map<String, String> texts(String name) {
    Map<String, String> texts = new HashMap<>();
    for (var entry : inside(name).fields.entrySet()) {
      if (!(entry.getValue() instanceof String text)) {
        throw wrong(name + "." + entry.getKey(), "text");
      }
      texts.put(entry.getKey(), text);
    }
    return texts;
  }

  /// None when it is missing.
  private List<String> items(String name) {
    List<String> texts = new ArrayList<>();
    for (Object item : fields.get(name) instanceof List<?> list ? list : List.of()) {
      if (!(item instanceof String text)) {
        throw wrong(name, "a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  @SuppressWarnings("unchecked") // AgentJson makes no other maps
  private WireReader inside(String name) {
    if (fields.get(name) instanceof Map<?, ?> map) {
      return new WireReader((Map<String, @Nullable Object>) map);
    }
    throw wrong(name, "an object");
  }

  /// The value is not shown: it may be a secret.
  private static IllegalArgumentException wrong(String name, String expected) {
    return new IllegalArgumentException(name + ": missing or wrong (expected: " + expected + ")");
  }
}
