package io.fleetserve.testing.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// A way to the registry on which pulls get stuck: of each connection so many bytes of answers
/// pass, and the rest when it is opened. Thread-safe.
public final class RegistryGate implements AutoCloseable {
  private final ServerSocket server;
  private final long limitBytes;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private RegistryGate(ServerSocket server, long limitBytes) {
    this.server = server;
    this.limitBytes = limitBytes;
  }

  /// Starts it, shut.
  ///
  /// @param limitBytes of each connection
  public static RegistryGate start(long limitBytes) throws IOException {
    RegistryGate gate =
        new RegistryGate(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), limitBytes);
    Thread.ofVirtual().name("registry-gate").start(gate::serve);
    return gate;
  }

  /// Host and port, for names of images.
  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  public void open() {
    opened.countDown();
  }

  private void serve() {
    try {
      while (true) {
        Socket near = server.accept();
        Thread.ofVirtual().name("registry-gate").start(() -> relay(near));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void relay(Socket near) {
    String[] registry = DockerEngine.REGISTRY.split(":", 2);
    try (near;
        Socket far = new Socket(registry[0], Integer.parseInt(registry[1]))) {
      sockets.add(near);
      sockets.add(far);
      Thread asking = Thread.ofVirtual().start(() -> copy(near, far, Long.MAX_VALUE));
      copy(far, near, limitBytes);
      asking.join();
    } catch (IOException gone) {
      // One of both has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Until either ends; then both do.
  private void copy(Socket from, Socket to, long limit) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8 << 10];
      long passed = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passed += n;
        if (passed > limit) {
          opened.await();
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException gone) {
      // The other direction ends with it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    opened.countDown();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
