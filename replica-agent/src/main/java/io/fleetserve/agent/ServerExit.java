package io.fleetserve.agent;

/// How a process of the replica ended.
///
/// @param code exit code; 128 + n when signal n ended it
/// @param lastLine the last line it printed; empty when it printed none
/// @param outOfMemory whether the kernel killed it for its memory limit
record ServerExit(int code, String lastLine, boolean outOfMemory) {

  /// One line for people, such as `run exited with 7: no such weights`.
  ///
  /// @param what `run` or `setup`
  String describe(String what) {
    String how = code > 128 && code <= 128 + 64 ? killed(code - 128) : " exited with " + code;
    String memory = outOfMemory ? ", out of memory: over the replica's limit" : "";
    return what + how + memory + (lastLine.isEmpty() ? "" : ": " + lastLine);
  }

  private String killed(int signal) {
    return " was killed by " + name(signal) + " (" + code + ")";
  }

  private static String name(int signal) {
    return switch (signal) {
      case 1 -> "SIGHUP";
      case 2 -> "SIGINT";
      case 3 -> "SIGQUIT";
      case 4 -> "SIGILL";
      case 6 -> "SIGABRT";
      case 7 -> "SIGBUS";
      case 8 -> "SIGFPE";
      case 9 -> "SIGKILL";
      case 11 -> "SIGSEGV";
      case 13 -> "SIGPIPE";
      case 15 -> "SIGTERM";
      default -> "signal " + signal;
    };
  }
}
