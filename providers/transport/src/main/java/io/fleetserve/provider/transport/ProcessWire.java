package io.fleetserve.provider.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/// A connection that is the standard streams of a process of ours; closing it ends the process.
record ProcessWire(Process process, LastWords words) implements Wire {
  static ProcessWire start(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    return new ProcessWire(process, LastWords.of(process.getErrorStream()));
  }

  @Override
  public InputStream input() {
    return process.getInputStream();
  }

  @Override
  public OutputStream output() {
    return process.getOutputStream();
  }

  @Override
  public String complaint() {
    return words.text();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    for (AutoCloseable stream :
        List.of(process.getInputStream(), process.getOutputStream(), process.getErrorStream())) {
      try {
        stream.close();
      } catch (Exception ignored) {
        // The process is gone, and its streams with it.
      }
    }
  }
}
