package io.fleetserve.examples.tinyllm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The folder that replicas copy.
final class PackagedServerIT {
  private static final Path FOLDER = Path.of("target/tiny-llm").toAbsolutePath();

  @Test
  void startsAnswersAndEndsOnSigterm() throws Exception {
    Process server =
        new ProcessBuilder(FOLDER.resolve("bin/tiny-llm-server").toString(), "--port", "0")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = server.inputReader();
        HttpClient client = HttpClient.newHttpClient()) {
      String listening = line(output);
      assertThat(line(output)).contains("ready after");
      URI uri = URI.create("http://" + listening.substring(listening.lastIndexOf(' ') + 1));

      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri.resolve("/v1/chat/completions"))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          """
                          {"temperature":0,"messages":
                           [{"role":"user","content":"What is the capital of France?"}]}
                          """))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(server.toHandle().destroy()).isTrue(); // Process.destroy would close its output

      assertThat(answer.body()).contains("Paris");
      assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(output.lines().toList()).last().asString().contains("all answered");
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void holdsAnAheadOfTimeCache() {
    assertThat(FOLDER.resolve("lib/tiny-llm-server.aot")).isNotEmptyFile();
  }

  @Test
  void wrongOptionIsExplained() throws Exception {
    Process server =
        new ProcessBuilder(FOLDER.resolve("bin/tiny-llm-server").toString(), "--nonsense").start();

    assertThat(server.errorReader().readLine()).contains("--nonsense: unknown option");
    assertThat(server.waitFor()).isEqualTo(2);
  }

  @Test
  void portInUseEndsTheServerWithAReason() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Process server =
          new ProcessBuilder(FOLDER.resolve("bin/tiny-llm-server").toString(), "--port", port)
              .start();
      try {
        assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(1);
        assertThat(server.errorReader().readLine()).contains(port, "in use");
      } finally {
        server.destroyForcibly();
      }
    }
  }

  @Test
  void isSmallEnoughToCopyForEachReplica() throws IOException {
    try (var files = Files.walk(FOLDER)) {
      long bytes =
          files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();

      assertThat(bytes).isLessThan(50L << 20);
    }
  }

  private static String line(BufferedReader output) throws IOException {
    String line = output.readLine();
    return line == null ? "(ended)" : line;
  }
}
