package io.fleetserve.loadbalancer.proxy;

import io.fleetserve.agent.Tunnels;
import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import io.fleetserve.testing.replica.ReplicaConnection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLContext;

/// A server and its agent in a process of their own: `GET /events` counts from 0 until its client
/// leaves, which it prints as `left`; `GET /large` answers with [#LARGE] characters; whatever has a
/// body is answered with the body's length. Ends with its standard input.
///
/// Arguments: `host:port` to dial, then the key store of the agent.
final class FarAgentMain {
  static final int LARGE = 4 << 20;

  private static final int EVENT_MILLIS = 20;

  private FarAgentMain() {}

  public static void main(String[] args) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(args[1]))) {
      store.load(in, new char[0]);
    }
    SSLContext context = TunnelAgents.context(store);
    try (FakeReplica server = FakeReplica.start("far").forgetful();
        Tunnels agent =
            new Tunnels(TunnelAgents.INSTALLATION, () -> context, "127.0.0.1", server::port)) {
      String large = "0123456789abcdef".repeat(LARGE / 16);
      server.script((request, connection) -> answer(request, connection, large));
      agent.dial(List.of(args[0]));
      while (System.in.read() >= 0) {
        // Whatever the parent writes only says that it is alive.
      }
    }
  }

  private static void answer(ReceivedRequest request, ReplicaConnection connection, String large)
      throws IOException {
    switch (request.target()) {
      case "/events" -> count(connection);
      case "/large" -> connection.answer(200, large);
      default -> connection.answer(200, Integer.toString(request.body().length()));
    }
  }

  private static void count(ReplicaConnection connection) throws IOException {
    connection.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    try {
      for (int event = 0; !connection.awaitEnd(EVENT_MILLIS); event++) {
        String text = "data: " + event + "\n\n";
        connection.send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
      }
    } catch (IOException left) {
      // The same as an end.
    }
    System.out.println("left");
  }
}
