package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The OpenAI client people use, pointed at the URL.
final class OpenAiClientIT {
  private static final String CLIENT = "openai@7.57.0";
  private static final String PROGRAM =
      """
      import OpenAI from 'openai';
      const client = new OpenAI({ baseURL: process.argv[2] + '/v1', apiKey: 'none', maxRetries: 0 });
      const messages = [{ role: 'user', content: 'What is the capital of France?' }];
      const model = (await client.models.list()).data[0].id;
      const whole = await client.chat.completions.create({ model, messages, temperature: 0 });
      console.log('whole:', whole.choices[0].message.content, whole.usage.total_tokens > 0);
      let text = '';
      const stream = await client.chat.completions.create(
        { model, messages, temperature: 0, stream: true, stream_options: { include_usage: true } });
      let usage = null;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta?.content ?? '';
        usage = chunk.usage ?? usage;
      }
      console.log('stream:', text, usage.completion_tokens > 0);
      try {
        await client.chat.completions.create({ model, messages: 'nonsense' });
      } catch (error) {
        console.log('error:', error instanceof OpenAI.BadRequestError);
      }
      """;

  @TempDir Path folder;

  @Test
  void openAiNodeClientAsksStreamsAndUnderstandsErrors() throws Exception {
    Path project = Files.createDirectories(folder.resolve("client"));
    Files.writeString(project.resolve("client.mjs"), PROGRAM);
    Assumptions.assumeTrue(
        ran(project, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", CLIENT),
        "npm cannot install " + CLIENT + " here");

    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.TINY_LLM);
      Run client =
          run(project, "node", "client.mjs", fleet.url("tiny-llm").toString().replaceAll("/$", ""));

      assertThat(client.exit()).as(client.toString()).isZero();
      assertThat(client.out().lines())
          .anyMatch(
              line -> line.startsWith("whole:") && line.contains("Paris") && line.endsWith("true"))
          .anyMatch(
              line -> line.startsWith("stream:") && line.contains("Paris") && line.endsWith("true"))
          .contains("error: true");
    }
  }

  private static boolean ran(Path folder, String... command) {
    try {
      return run(folder, command).exit() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  private static Run run(Path folder, String... command) throws IOException {
    return Run.finish(
        new ProcessBuilder(command).directory(folder.toFile()).start(),
        Duration.ofMinutes(2),
        String.join(" ", List.of(command)));
  }
}
