package io.fleetserve.controller.http;

import io.fleetserve.api.log.SizeBoundedLog;
import io.fleetserve.controller.http.Route.Access;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.run.Controller;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What replicas and programs print, as plain text.
final class LogRoutes {
  private static final int PIECE = 64 << 10;
  private static final int MOST_LINES = 1_000_000;
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Controller controller;

  LogRoutes(Controller controller) {
    this.controller = controller;
  }

  List<Route> routes() {
    return List.of(
        new Route(
            "GET", "/services/{name}/replicas/{replicaId}/logs", Access.OPERATOR, this::replica),
        new Route(
            "GET",
            "/logs/controller",
            Access.OPERATOR,
            exchange -> program(exchange, controller.home().controllerLog())),
        new Route(
            "GET",
            "/logs/loadbalancer",
            Access.OPERATOR,
            exchange -> program(exchange, controller.home().loadBalancerLog())));
  }

  private void replica(Exchange exchange) throws IOException, InterruptedException {
    ReplicaKey key =
        controller.services().newestKey(exchange.path("name"), exchange.pathNumber("replicaId"));
    int lines = (int) exchange.queryNumber("tail", MOST_LINES, 0, MOST_LINES);
    boolean follow = exchange.queryFlag("follow");
    Optional<SizeBoundedLog> found =
        follow ? Optional.of(controller.logs().of(key)) : controller.logs().find(key);
    if (found.isEmpty()) {
      exchange.text("text/plain; charset=utf-8", "");
      return;
    }
    SizeBoundedLog log = found.get();
    try (OutputStream out = exchange.stream("text/plain; charset=utf-8")) {
      long at = log.lastLines(lines);
      boolean more = true;
      while (more) {
        // Asked before reading: what came before the end is read after it.
        boolean over = !follow || controller.services().replica(key).isEmpty();
        at = copy(log, at, out);
        if (over) {
          more = false;
        } else {
          log.await(at, LOOK);
        }
      }
    }
  }

  private static long copy(SizeBoundedLog log, long from, OutputStream out) throws IOException {
    long at = from;
    while (true) {
      SizeBoundedLog.Chunk chunk = log.read(at, PIECE);
      if (chunk.bytes().length == 0) {
        out.flush();
        return at;
      }
      out.write(chunk.bytes());
      at = chunk.end();
    }
  }

  private static void program(Exchange exchange, Path file) throws IOException {
    int lines = (int) exchange.queryNumber("tail", 200, 0, MOST_LINES);
    try (OutputStream out = exchange.stream("text/plain; charset=utf-8")) {
      if (Files.exists(file)) {
        copyTail(file, lines, out);
      }
    }
  }

  private static void copyTail(Path file, int lines, OutputStream out) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long end = in.length();
      long at = end;
      int left = lines;
      byte[] block = new byte[PIECE];
      while (at > 0 && left >= 0 && lines > 0) {
        int count = (int) Math.min(PIECE, at);
        in.seek(at - count);
        in.readFully(block, 0, count);
        int i = count - 1;
        while (i >= 0 && !(block[i] == '\n' && at - count + i + 1 < end && --left == 0)) {
          i--;
        }
        if (i >= 0) {
          at = at - count + i + 1;
          break;
        }
        at -= count;
      }
      in.seek(at);
      for (int count = in.read(block); count > 0 && at < end; count = in.read(block)) {
        out.write(block, 0, (int) Math.min(count, end - at));
        at += count;
      }
    }
  }
}
