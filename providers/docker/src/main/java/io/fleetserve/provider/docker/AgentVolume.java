package io.fleetserve.provider.docker;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.transport.HttpBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/// The agent's bundle as a volume of the engine, unpacked once and mounted read-only into every
/// container. A file that is written last says that it is whole. Thread-safe.
final class AgentVolume {
  /// Where it is in a container.
  static final String FOLDER = "/fleetserve/agent";

  static final String PROGRAM = FOLDER + "/bin/fleetserve-agent";

  private static final String COMPLETE = ".complete";

  private final Engine engine;
  private final AgentBundle bundle;
  private final ReentrantLock filling = new ReentrantLock();

  AgentVolume(Engine engine, AgentBundle bundle) {
    this.engine = engine;
    this.bundle = bundle;
  }

  String bind() {
    return name() + ":" + FOLDER + ":ro";
  }

  /// A volume per content: a newer agent never changes the files of one that runs.
  private String name() {
    return "fleetserve-agent-" + bundle.sha256().substring(0, 16);
  }

  /// Fills the volume unless it is whole.
  ///
  /// @param container made and not started, with the volume mounted
  /// @param image of a container that is made for the filling, and removed again
  void fill(String container, String image) throws IOException {
    if (engine.has(container, FOLDER + "/" + COMPLETE)) {
      return;
    }
    filling.lock();
    try {
      if (!engine.has(container, FOLDER + "/" + COMPLETE)) {
        load(image);
      }
    } finally {
      filling.unlock();
    }
  }

  private void load(String image) throws IOException {
    String loader = name() + "-loader";
    engine.remove(loader);
    ObjectNode spec = Json.MAPPER.createObjectNode();
    spec.put("Image", image);
    spec.putArray("Cmd").add("true");
    spec.putObject("HostConfig").putArray("Binds").add(name() + ":" + FOLDER);
    engine.create(loader, spec);
    try {
      engine.put(loader, FOLDER, HttpBody.streamed("application/x-tar", this::copyChecked));
      engine.put(loader, FOLDER, HttpBody.streamed("application/x-tar", AgentVolume::mark));
    } finally {
      engine.remove(loader);
    }
  }

  /// The engine unpacks `gzip` by itself. A file that is not what it should be is cut off before
  /// its end, so that it is never taken for whole.
  private void copyChecked(OutputStream out) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(bundle.file()), digest)) {
      in.transferTo(out);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(bundle.sha256())) {
      throw new IOException(
          bundle.file() + ": SHA-256 is " + found + " (expected: " + bundle.sha256() + ")");
    }
  }

  private static void mark(OutputStream out) throws IOException {
    TarWriter tar = new TarWriter(out);
    tar.file(COMPLETE, 0644, new byte[0]);
    tar.end();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
