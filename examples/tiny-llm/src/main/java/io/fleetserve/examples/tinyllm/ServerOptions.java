package io.fleetserve.examples.tinyllm;

import java.nio.file.Path;
import java.util.List;

/// What the command line says.
///
/// @param port 0 for any free one
/// @param slots answers made at once
/// @param contextTokens prompt and answer together, for each slot
/// @param alias name of the model in `/v1/models`
/// @param selfTest ask the model one question and end
record ServerOptions(
    Path model,
    String host,
    int port,
    int slots,
    int contextTokens,
    String alias,
    boolean selfTest) {
  static final String USAGE =
      """
      usage: tiny-llm-server [options]
        --port N       port to listen on (default 8080, 0 for any free one)
        --host H       address to listen on (default 127.0.0.1)
        --model FILE   GGUF model
        --alias NAME   the model's name in /v1/models (default tiny-llm)
        --slots N      answers made at once (default 8)
        --context N    tokens of prompt and answer together (default 256)
        --self-test    ask the model one question, print the answer, end
      """;

  /// Reads the arguments of `main`.
  ///
  /// @throws IllegalArgumentException with a sentence for the user
  static ServerOptions parse(List<String> args, Path defaultModel) {
    ServerOptions options =
        new ServerOptions(defaultModel, "127.0.0.1", 8080, 8, 256, "tiny-llm", false);
    for (int i = 0; i < args.size(); i++) {
      String name = args.get(i);
      if (name.equals("--self-test")) {
        options = options.withSelfTest();
        continue;
      }
      if (i + 1 == args.size()) {
        throw new IllegalArgumentException(name + ": unknown option, or its value is missing");
      }
      options = options.with(name, args.get(++i));
    }
    return options;
  }

  private ServerOptions with(String name, String value) {
    return switch (name) {
      case "--model" ->
          new ServerOptions(Path.of(value), host, port, slots, contextTokens, alias, selfTest);
      case "--host" -> new ServerOptions(model, value, port, slots, contextTokens, alias, selfTest);
      case "--port" ->
          new ServerOptions(
              model, host, number(name, value, 0, 65535), slots, contextTokens, alias, selfTest);
      case "--slots" ->
          new ServerOptions(
              model, host, port, number(name, value, 1, 64), contextTokens, alias, selfTest);
      case "--context" ->
          new ServerOptions(
              model, host, port, slots, number(name, value, 16, 65536), alias, selfTest);
      case "--alias" -> new ServerOptions(model, host, port, slots, contextTokens, value, selfTest);
      default -> throw new IllegalArgumentException(name + ": unknown option");
    };
  }

  private ServerOptions withSelfTest() {
    return new ServerOptions(model, host, 0, slots, contextTokens, alias, true);
  }

  private static int number(String name, String value, int min, int max) {
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException ignored) {
      // the sentence below says it
    }
    throw new IllegalArgumentException(
        "%s: %s (expected: %d to %d)".formatted(name, value, min, max));
  }
}
