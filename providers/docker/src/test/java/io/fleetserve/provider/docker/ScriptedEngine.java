package io.fleetserve.provider.docker;

import io.fleetserve.provider.transport.Dialer;
import io.fleetserve.provider.transport.HttpCaller;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An engine on a Unix socket that answers by a script, for what a real one does not do on demand.
final class ScriptedEngine implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Path socket;
  private final Function<String, @Nullable String> script;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /// @param script request line, for example `GET /v1.41/info`, to a whole answer; null closes the
  ///   connection without one
  ScriptedEngine(Path socket, Function<String, @Nullable String> script) throws IOException {
    this.socket = socket;
    this.script = script;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::serve);
  }

  static String answer(int status, String body) {
    return "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  Engine engine() {
    return new Engine(new HttpCaller(Dialer.unix(socket), "docker", Map.of()));
  }

  List<String> asked() {
    return List.copyOf(asked);
  }

  private void serve() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        Thread.ofVirtual().start(() -> answer(channel));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void answer(SocketChannel channel) {
    try (channel) {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      String line = String.valueOf(reader.readLine()).replaceFirst(" HTTP/1.1$", "");
      for (String head = reader.readLine(); head != null && !head.isEmpty(); ) {
        head = reader.readLine();
      }
      asked.add(line);
      String answer = script.apply(line);
      if (answer != null) {
        channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
      }
    } catch (IOException gone) {
      // The client has left.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
