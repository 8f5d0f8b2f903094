package io.fleetserve.benchmarks.sim.decision;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecReader;
import io.fleetserve.api.spec.SpecSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Makes stored decisions again: `bin/bench sim decisions FILE [SERVICE_FILE]`, where FILE is what
/// `serve explain NAME -o json` printed. Prints a table; ends with 1 when an answer differs.
public final class DecisionSimMain {
  private DecisionSimMain() {}

  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("usage: bin/bench sim decisions FILE [SERVICE_FILE]");
      System.exit(2);
    }
    StoredDecisions decisions =
        StoredDecisions.of(
            Path.of(args[1]), args.length > 2 ? Optional.of(read(args[2])) : Optional.empty());
    System.out.print(decisions.table());
    if (decisions.count(StoredDecisions.Verdict.DIFFERENT) > 0) {
      System.exit(1);
    }
  }

  private static ServiceSpec read(String file) throws IOException {
    Path path = Path.of(file).toAbsolutePath();
    return SpecReader.read(
        new SpecSource(
            path.toString(),
            Files.readString(path),
            String.valueOf(path.getParent()),
            Map.of(),
            Map.of()));
  }
}
