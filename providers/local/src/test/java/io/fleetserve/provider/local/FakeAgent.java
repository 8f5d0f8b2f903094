package io.fleetserve.provider.local;

import java.util.List;

/// Command lines that stand for an agent; the boot file becomes `$1`.
final class FakeAgent {
  static final List<String> SLEEPS = bash("exec sleep 1000");

  private FakeAgent() {}

  static List<String> bash(String script) {
    return List.of("bash", "-c", script, "agent");
  }
}
