package io.fleetserve.controller.run;

import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentCommand;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.CreateSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A replica agent that runs nothing, and speaks the real protocol over HTTP. Thread-safe.
final class FakeAgent {
  /// What becomes of its server.
  enum Behaviour {
    READY,
    FAILS
  }

  private final CreateSpec spec;
  private final Behaviour behaviour;
  private final AtomicLong sequence = new AtomicLong();
  private volatile boolean alive = true;
  private volatile boolean unwanted;
  private volatile int version;
  private volatile @Nullable HttpURLConnection stream;
  private volatile AgentReport.Phase phase = AgentReport.Phase.STARTING;

  FakeAgent(CreateSpec spec, Behaviour behaviour) {
    this.spec = spec;
    this.behaviour = behaviour;
    this.version = spec.boot().version();
  }

  CreateSpec spec() {
    return spec;
  }

  boolean isAlive() {
    return alive;
  }

  /// The controller said 410.
  boolean isUnwanted() {
    return unwanted;
  }

  int version() {
    return version;
  }

  /// One that has to join stays silent: its test speaks for it.
  void start() {
    if (spec.boot().authority() != null) {
      return;
    }
    Thread.ofVirtual().start(this::listen);
    Thread.ofVirtual().start(this::live);
  }

  /// As `kill -9` does: says nothing, the connection breaks.
  void kill() {
    alive = false;
    HttpURLConnection open = stream;
    if (open != null) {
      open.disconnect();
    }
  }

  /// Its server ends, and it says so once more and again.
  void serverEnds(String reason) {
    report(AgentReport.Phase.FAILED, reason);
  }

  private void live() {
    report(AgentReport.Phase.STARTING, "starting");
    report(
        behaviour == Behaviour.READY ? AgentReport.Phase.READY : AgentReport.Phase.FAILED,
        behaviour == Behaviour.READY ? "probe passed" : "exited with 7: no such weights");
    while (alive) {
      pause(200);
      report(phase, "still " + phase);
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(AgentReport.Phase next, String reason) {
    phase = next;
    AgentBoot boot = spec.boot();
    AgentReport report =
        new AgentReport(
            boot.service(),
            boot.replicaId(),
            boot.generation(),
            sequence.incrementAndGet(),
            version,
            next,
            "127.0.0.1",
            10_000 + boot.replicaId(),
            4_000_000 + boot.replicaId(),
            5_000_000 + boot.replicaId(),
            next == AgentReport.Phase.FAILED ? 7 : null,
            0,
            reason,
            null);
    while (alive && !post("reports", Json.MAPPER.writeValueAsBytes(report))) {
      pause(20);
    }
  }

  /// Sends a piece of output.
  int ship(long offset, String text) throws IOException {
    HttpURLConnection call =
        open("logs?generation=" + spec.boot().generation() + "&offset=" + offset);
    call.setDoOutput(true);
    call.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return call.getResponseCode();
  }

  private boolean post(String path, byte[] body) {
    try {
      HttpURLConnection call = open(path);
      call.setDoOutput(true);
      call.getOutputStream().write(body);
      int status = call.getResponseCode();
      if (status == 410) {
        unwanted = true;
        alive = false;
      }
      return status == 204;
    } catch (IOException away) {
      return false;
    }
  }

  private HttpURLConnection open(String path) throws IOException {
    AgentBoot boot = spec.boot();
    URI uri =
        URI.create(
            boot.controllerUrl()
                + "/api/v1/agents/"
                + boot.service()
                + "/"
                + boot.replicaId()
                + "/"
                + path);
    HttpURLConnection call = (HttpURLConnection) uri.toURL().openConnection();
    call.setRequestProperty("Authorization", "Bearer " + boot.token());
    return call;
  }

  private void listen() {
    while (alive) {
      try {
        HttpURLConnection call = open("commands?generation=" + spec.boot().generation());
        stream = call;
        try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(call.getInputStream(), StandardCharsets.UTF_8))) {
          obey(lines);
        }
      } catch (IOException | NullPointerException away) {
        // Null inside HttpURLConnection: another thread disconnected it while it connected.
        pause(20);
      }
    }
  }

  private void obey(BufferedReader lines) throws IOException {
    String event = "";
    for (String line = lines.readLine(); line != null && alive; line = lines.readLine()) {
      if (line.startsWith("event: ")) {
        event = line.substring(7);
      } else if (line.startsWith("data: ") && event.equals("stop")) {
        report(AgentReport.Phase.STOPPED, "stopped by the controller");
        alive = false;
      } else if (line.startsWith("data: ") && event.equals("configure")) {
        version = Json.MAPPER.readValue(line.substring(6), AgentCommand.Configure.class).version();
        if (phase == AgentReport.Phase.READY) {
          report(phase, "configured");
        }
      }
    }
  }
}
