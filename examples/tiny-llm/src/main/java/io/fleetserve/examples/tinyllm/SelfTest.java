package io.fleetserve.examples.tinyllm;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Asks a running server what a client would, to see that it answers.
///
/// The packaged server is also trained with it: the classes it needs are put into the ahead-of-time
/// cache. So it talks over a plain socket, which needs no classes of its own.
final class SelfTest {
  private static final String QUESTION =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}],"
          + "\"temperature\":0,\"stream\":%s}";

  private SelfTest() {}

  /// Asks once whole and once streamed, and prints the answers.
  ///
  /// @return whether the model knew
  static boolean passes(int port, PrintStream out) throws IOException {
    boolean passed = true;
    for (String request :
        List.of(
            get("/health"),
            get("/v1/models"),
            get("/metrics"),
            post("/v1/chat/completions", QUESTION.formatted(false)),
            post("/v1/chat/completions", QUESTION.formatted(true)))) {
      String answer = ask(port, request);
      out.println(answer);
      passed &= answer.startsWith("HTTP/1.1 200");
      passed &=
          !request.startsWith("POST") || answer.contains("Paris") || answer.contains("[DONE]");
    }
    return passed;
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: self\r\nConnection: close\r\n\r\n";
  }

  private static String post(String path, String body) {
    return "POST %s HTTP/1.1\r\nHost: self\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, body.length(), body);
  }

  private static String ask(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
