package io.fleetserve.cli.view;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Text in columns, each as wide as its widest cell. Confined to one thread.
final class Table {
  private static final String GAP = "  ";

  /// One cell.
  ///
  /// @param paint applied to the padded text, so that colour does not count as width
  record Cell(String text, UnaryOperator<String> paint) {
    static Cell of(String text) {
      return new Cell(text, UnaryOperator.identity());
    }
  }

  private final List<List<Cell>> rows = new ArrayList<>();

  Table(List<String> header, Paint paint) {
    rows.add(header.stream().map(name -> new Cell(name, paint::bold)).toList());
  }

  void add(List<Cell> row) {
    if (row.size() != rows.getFirst().size()) {
      throw new IllegalArgumentException(
          "cells: " + row.size() + " (expected: " + rows.getFirst().size() + ")");
    }
    rows.add(List.copyOf(row));
  }

  /// Rows without the header.
  int size() {
    return rows.size() - 1;
  }

  /// The lines, without blanks at their ends.
  List<String> lines() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<Cell> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).text().length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<Cell> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    int last = row.size() - 1;
    while (last > 0 && row.get(last).text().isEmpty()) {
      last--;
    }
    for (int i = 0; i <= last; i++) {
      Cell cell = row.get(i);
      String padding = i == last ? "" : " ".repeat(widths[i] - cell.text().length()) + GAP;
      line.append(cell.paint().apply(cell.text())).append(padding);
    }
    return line.toString();
  }
}
