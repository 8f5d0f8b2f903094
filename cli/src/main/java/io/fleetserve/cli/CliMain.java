package io.fleetserve.cli;

/// The `serve` command.
public final class CliMain {
  private CliMain() {}

  public static void main(String[] args) {
    System.out.println("Fleetserve 0.1.0-SNAPSHOT");
  }
}
