package io.fleetserve.examples.tinyllm;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// Starts the server: listens at once, answers 503 until the model is loaded. SIGTERM answers what
/// was accepted and ends.
final class TinyLlmMain {
  private static final int WAITING_REQUESTS = 1024;
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private TinyLlmMain() {}

  public static void main(String[] args) throws IOException {
    ServerOptions options;
    try {
      Path model = Path.of(System.getProperty("tinyllm.model", "model/tiny-llm-Q8_0.gguf"));
      options = ServerOptions.parse(List.of(args), model);
    } catch (IllegalArgumentException e) {
      System.err.println("tiny-llm-server: " + e.getMessage());
      System.err.print(ServerOptions.USAGE);
      System.exit(2);
      return;
    }
    System.exit(run(options, System.out, System.err));
  }

  private static int run(ServerOptions options, PrintStream out, PrintStream err)
      throws IOException {
    long start = System.nanoTime();
    if (!Files.isReadable(options.model())) {
      err.println("tiny-llm-server: cannot read the model " + options.model());
      return 1;
    }
    CompletableFuture<Engine> engine = new CompletableFuture<>();
    Thread.ofPlatform().name("load").daemon().start(() -> load(options, engine));
    var service =
        new CompletionService(
            engine, new Slots(options.slots(), WAITING_REQUESTS), InstantSource.system());
    var reader = new RequestReader(options.alias());
    HttpListener listener;
    try {
      listener =
          HttpListener.bind(
              options.host(),
              options.port(),
              () -> new ApiHandler(service, reader, options.alias(), out));
    } catch (IOException e) {
      err.println("tiny-llm-server: " + e.getMessage());
      return 1;
    }
    out.printf("tiny-llm-server: listening on %s:%d%n", options.host(), listener.port());
    try {
      engine.join();
    } catch (CompletionException e) {
      err.println("tiny-llm-server: cannot load " + options.model() + ": " + e.getCause());
      return 1;
    }
    out.printf(
        "tiny-llm-server: %s loaded, ready after %d ms%n",
        options.model().getFileName(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    if (options.selfTest()) {
      return SelfTest.passes(listener.port(), out) ? 0 : 1;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(listener, service, out), "end"));
    while (true) {
      java.util.concurrent.locks.LockSupport.park();
    }
  }

  private static void load(ServerOptions options, CompletableFuture<Engine> engine) {
    try {
      engine.complete(LlamaEngine.load(options.model(), options.slots(), options.contextTokens()));
    } catch (RuntimeException | LinkageError e) {
      engine.completeExceptionally(e);
    }
  }

  private static void end(HttpListener listener, CompletionService service, PrintStream out) {
    listener.stopAccepting();
    boolean answered = service.drain(DRAIN);
    listener.close();
    out.println("tiny-llm-server: ended, " + (answered ? "all answered" : "answers were cut"));
  }
}
