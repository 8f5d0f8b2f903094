package io.fleetserve.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Listens for the controller's commands and connects again for ever when the stream breaks or
/// falls silent. Runs on a thread of its own.
final class CommandStream implements Runnable {
  /// A heartbeat comes every five seconds.
  private static final int SILENCE_MILLIS = 15_000;

  /// Longest event that is kept.
  private static final int MAX_EVENT = 1 << 20;

  private final ControllerLink link;
  private final Consumer<ReplicaEvent> events;
  private final Runnable unwanted;
  private final Retry retry = new Retry();

  CommandStream(ControllerLink link, Consumer<ReplicaEvent> events, Runnable unwanted) {
    this.link = link;
    this.events = events;
    this.unwanted = unwanted;
  }

  @Override
  public void run() {
    try {
      while (true) {
        listen();
        TimeUnit.MILLISECONDS.sleep(retry.pause());
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen() {
    try (HttpCall call = link.commands()) {
      if (call.status() == ControllerLink.GONE) {
        unwanted.run();
      } else if (call.status() == 200) {
        retry.succeeded();
        call.untimed(SILENCE_MILLIS);
        readEvents(call);
      }
    } catch (NotWantedException refused) {
      unwanted.run();
    } catch (IOException ignored) {
      // Away, or gone silent: again after the pause.
    }
  }

  /// Reads `text/event-stream` (WHATWG HTML 9.2.6), of which the controller uses `event` and
  /// `data`.
  private void readEvents(HttpCall call) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] piece = new byte[1024];
    String event = "";
    StringBuilder data = new StringBuilder();
    for (int count = call.read(piece, 0, piece.length);
        count >= 0;
        count = call.read(piece, 0, piece.length)) {
      for (int i = 0; i < count; i++) {
        if (piece[i] != '\n') {
          if (piece[i] != '\r' && line.size() < MAX_EVENT) {
            line.write(piece[i]);
          }
          continue;
        }
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) {
          obey(event, data.toString());
          event = "";
          data.setLength(0);
        } else if (text.startsWith("event:")) {
          event = text.substring("event:".length()).strip();
        } else if (text.startsWith("data:") && data.length() < MAX_EVENT) {
          data.append(text.substring("data:".length()).strip());
        }
      }
    }
  }

  private void obey(String event, String data) throws IOException {
    byte[] json = data.getBytes(StandardCharsets.UTF_8);
    try {
      switch (event) {
        case "stop" ->
            events.accept(
                new ReplicaEvent.StopAsked(
                    WireReader.stop(json).graceMillis(), "stopped by the controller"));
        case "configure" -> events.accept(new ReplicaEvent.Configured(WireReader.configure(json)));
        default -> {} // heartbeat, or of a newer controller
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("command " + event + ": " + e.getMessage(), e);
    }
  }
}
