package io.fleetserve.examples.embeddings;

import ai.onnxruntime.OrtException;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Starts the server: `embeddings-server --port N`, or `--self-test`. It listens at once and
/// answers 503 until the model is loaded. SIGTERM answers what was accepted and ends.
final class EmbeddingsMain {
  private static final int MAX_TOKENS = 256;
  private static final int DRAIN_SECONDS = 20;

  private EmbeddingsMain() {}

  public static void main(String[] args) throws IOException {
    boolean selfTest = List.of(args).equals(List.of("--self-test"));
    if (!selfTest && (args.length != 2 || !args[0].equals("--port") || !args[1].matches("\\d+"))) {
      System.err.println("usage: embeddings-server --port N | --self-test");
      System.exit(2);
    }
    int port = selfTest ? 0 : Integer.parseInt(args[1]);
    Path model = Path.of(System.getProperty("embeddings.model", "model"));
    System.exit(run(model, port, selfTest, System.out, System.err));
  }

  private static int run(Path model, int port, boolean selfTest, PrintStream out, PrintStream err)
      throws IOException {
    long start = System.nanoTime();
    CompletableFuture<Encoder> encoder = new CompletableFuture<>();
    Thread.ofPlatform().name("load").daemon().start(() -> load(model, encoder));
    HttpServer server;
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    } catch (IOException e) {
      err.println("embeddings-server: port " + port + ": " + e.getMessage());
      return 1;
    }
    ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(requests);
    server.createContext("/", new EmbeddingsApi(encoder));
    server.start();
    out.println("embeddings-server: listening on 127.0.0.1:" + server.getAddress().getPort());
    try {
      encoder.join();
    } catch (CompletionException e) {
      err.println("embeddings-server: cannot load " + model + ": " + e.getCause());
      return 1;
    }
    out.printf(
        "embeddings-server: %s loaded, ready after %d ms%n",
        EmbeddingsApi.MODEL, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    if (selfTest) {
      return selfTest(server.getAddress().getPort(), out) ? 0 : 1;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(DRAIN_SECONDS), "end"));
    while (true) {
      java.util.concurrent.locks.LockSupport.park();
    }
  }

  private static void load(Path model, CompletableFuture<Encoder> encoder) {
    try {
      WordPiece tokenizer =
          WordPiece.read(model.resolve("all-minilm-l6-v2-q-tokenizer.json"), MAX_TOKENS);
      Encoder loaded = Encoder.load(model.resolve("all-minilm-l6-v2-q.onnx"), tokenizer);
      loaded.embed(List.of("warm up"));
      encoder.complete(loaded);
    } catch (IOException | OrtException | InterruptedException | RuntimeException e) {
      encoder.completeExceptionally(e);
    } catch (LinkageError e) {
      encoder.completeExceptionally(e);
    }
  }

  /// Asks as a client would, over a plain socket. The packaged server's ahead-of-time cache is
  /// trained with it.
  private static boolean selfTest(int port, PrintStream out) throws IOException {
    String body = "{\"input\":[\"a replica\",\"a pie\"]}";
    String request =
        "POST /v1/embeddings HTTP/1.1\r\nHost: self\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(body.length(), body);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      out.println(answer);
      return answer.startsWith("HTTP/1.1 200") && answer.contains("\"embedding\"");
    }
  }
}
