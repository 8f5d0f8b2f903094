package io.fleetserve.cli.view;

import java.util.List;

/// Draws frames over one another on a terminal (ECMA-48: CUU moves up, ED erases below). Confined
/// to one thread.
public final class Repainter {
  private List<String> drawn = List.of();

  /// What to write to replace the last frame by this one; empty if they are the same. The cursor is
  /// at the start of the line below the frame, before and after.
  public String paint(List<String> frame) {
    if (frame.equals(drawn)) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    if (!drawn.isEmpty()) {
      text.append("\033[").append(drawn.size()).append("A\r\033[J");
    }
    frame.forEach(line -> text.append(line).append('\n'));
    drawn = List.copyOf(frame);
    return text.toString();
  }
}
