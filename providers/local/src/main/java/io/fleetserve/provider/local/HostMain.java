package io.fleetserve.provider.local;

import io.fleetserve.provider.ProviderContext;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/// A machine's end of a controller's session: `HostMain AGENT HOME INSTALLATION PLACE`. Reads calls
/// from stdin, one a line, and answers on stdout; ends with the connection, that is with stdin.
/// What it has started lives on.
///
/// AGENT is the agent's program, HOME a folder for replicas, PLACE the name that the controller has
/// for this machine. Exit codes: 0 at the end of stdin, 2 for wrong usage.
public final class HostMain {
  private HostMain() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: fleetserve-host HOME INSTALLATION PLACE");
      System.exit(2);
    }
    Path home = Path.of(args[1]).toAbsolutePath();
    Path folder = home.resolve("replicas").resolve(args[2]);
    Files.createDirectories(folder);
    ProviderContext context =
        new ProviderContext(
            args[2],
            folder,
            List.of(args[0]),
            List.of(),
            home.resolve("infra.yaml"),
            Map.of(),
            Clock.systemUTC());
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (LocalProvider provider = new LocalProvider(context, Machine.read(), args[3]);
        HostCalls calls =
            new HostCalls(
                provider, args[2], home.resolve("files").resolve(args[2]), out::println)) {
      calls.serve(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }
  }
}
