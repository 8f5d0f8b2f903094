package io.fleetserve.loadbalancer.proxy;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Another proxy of the machine, in front of a [Recorder]: a second opinion on what bytes mean.
final class PeerProxy implements AutoCloseable {
  private static final String NGINX =
      """
      daemon off;
      master_process off;
      pid %2$s/nginx.pid;
      error_log %2$s/nginx.log crit;
      events { worker_connections 256; }
      http {
        access_log off;
        client_body_temp_path %2$s/body;
        proxy_temp_path %2$s/proxy;
        fastcgi_temp_path %2$s/fastcgi;
        uwsgi_temp_path %2$s/uwsgi;
        scgi_temp_path %2$s/scgi;
        underscores_in_headers on;
        ignore_invalid_headers off;
        merge_slashes off;
        server {
          listen 127.0.0.1:%1$d;
          location / {
            proxy_pass http://127.0.0.1:%3$d;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
          }
        }
      }
      """;
  private static final String HAPROXY =
      """
      defaults
        mode http
        timeout connect 5s
        timeout client 20s
        timeout server 20s
      frontend in
        bind 127.0.0.1:%1$d
        default_backend out
      backend out
        server recorder 127.0.0.1:%3$d
      """;

  /// The proxies that are known.
  enum Kind {
    NGINX,
    HAPROXY;

    boolean isInstalled() {
      try {
        return new ProcessBuilder(name().toLowerCase(java.util.Locale.ROOT), "-v")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
      } catch (IOException missing) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  private final Recorder recorder = new Recorder();
  private final Kind kind;
  private final Process process;
  private final int port;

  /// @param folder for its files
  PeerProxy(Kind kind, Path folder) {
    this.kind = kind;
    port = Bed.freePort();
    try {
      Path file = folder.resolve(kind + ".conf");
      String text = kind == Kind.NGINX ? NGINX : HAPROXY;
      Files.writeString(file, text.formatted(port, folder, recorder.port()));
      List<String> command =
          kind == Kind.NGINX
              ? List.of("nginx", "-p", folder.toString(), "-c", file.toString())
              : List.of("haproxy", "-db", "-f", file.toString());
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(kind + ".out").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await().atMost(Duration.ofSeconds(20)).until(this::isOpen);
  }

  Kind kind() {
    return kind;
  }

  private boolean isOpen() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /// What a proxy made of a stream.
  ///
  /// @param refused it answered one of the requests by itself
  record Opinion(List<WireRequest> requests, boolean refused) {}

  /// What it makes of a stream that ends with a request for the end of the connection.
  Opinion forward(String stream) {
    recorder.forget();
    boolean refused;
    try (RawClient client = RawClient.connect(port)) {
      client.trySend(stream);
      RawClient.Answer answer = client.answer();
      while (answer.status() == 200) {
        answer = client.answer();
      }
      refused = answer.status() != 0;
    }
    await().pollInterval(Duration.ofMillis(1)).until(() -> recorder.open() == 0);
    List<WireRequest> requests =
        recorder.streams().stream()
            .flatMap(each -> WireRequest.read(each).requests().stream())
            .toList();
    return new Opinion(requests, refused);
  }

  @Override
  public void close() {
    process.destroy();
    recorder.close();
  }
}
