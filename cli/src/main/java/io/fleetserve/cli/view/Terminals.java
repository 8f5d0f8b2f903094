package io.fleetserve.cli.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/// What kind of terminal this process has.
public final class Terminals {
  private static final int DEFAULT_WIDTH = 80;

  private Terminals() {}

  /// Whether a file descriptor of this process is a terminal. Asks `/proc`: that costs nothing at
  /// start, unlike a terminal library.
  public static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException unknown) {
      return false;
    }
  }

  /// Columns of the terminal, as wide as it is when asked; 80 if it does not tell. The terminal
  /// library is loaded when the width is asked for first.
  public static IntSupplier width() {
    return new Width();
  }

  /// Confined to its caller's lock.
  private static final class Width implements IntSupplier {
    private @Nullable Terminal terminal;
    private boolean unknown;

    @Override
    public int getAsInt() {
      if (terminal == null && !unknown) {
        try {
          terminal =
              TerminalBuilder.builder()
                  .system(true)
                  .dumb(true)
                  .nativeSignals(false)
                  // Its question to the terminal would be answered after we have ended, into the
                  // shell.
                  .graphemeCluster(false)
                  .build();
        } catch (IOException e) {
          unknown = true;
        }
      }
      int width = terminal == null ? 0 : terminal.getColumns();
      return width > 0 ? width : DEFAULT_WIDTH;
    }
  }
}
