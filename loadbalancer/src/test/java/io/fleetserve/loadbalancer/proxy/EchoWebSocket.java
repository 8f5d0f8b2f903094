package io.fleetserve.loadbalancer.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/// A WebSocket server that sends every message back, as strict as RFC 6455 allows: what breaks the
/// protocol ends the connection with the right code, wrong UTF-8 as soon as it arrives.
/// Thread-safe.
final class EchoWebSocket implements AutoCloseable {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MAX_MESSAGE = 64 << 20;
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final ServerSocket server;

  EchoWebSocket() {
    try {
      server = new ServerSocket();
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("echo").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException ignored) {
        return; // closed
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      new Session(socket).run();
      // The other side must have read everything before the connection goes.
      socket.shutdownOutput();
      while (socket.getInputStream().read() >= 0) {}
    } catch (IOException ignored) {
      // The other side left.
    }
  }

  /// The end of a connection with a code (section 7.4.1).
  private static final class Ends extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;

    Ends(int code) {
      this.code = code;
    }
  }

  private static final class Session {
    private final DataInputStream in;
    private final OutputStream out;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final Utf8 utf8 = new Utf8();
    private int kind;

    Session(Socket socket) throws IOException {
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 << 10));
      out = socket.getOutputStream();
    }

    void run() throws IOException {
      handshake();
      try {
        while (true) {
          frame();
        }
      } catch (Ends end) {
        byte[] code =
            end.code == 0 ? new byte[0] : new byte[] {(byte) (end.code >> 8), (byte) end.code};
        send(CLOSE, code);
      }
    }

    private void handshake() throws IOException {
      String key = "";
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
          key = line.substring(18).strip();
        }
      }
      String accept;
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-1")
                .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
        accept = Base64.getEncoder().encodeToString(digest);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
      String head =
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: "
              + accept
              + "\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new EOFException();
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
      return line.toString();
    }

    /// Section 5.2.
    private void frame() throws IOException, Ends {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      boolean last = (first & 0x80) != 0;
      int opcode = first & 0x0f;
      check((first & 0x70) == 0 && (second & 0x80) != 0);
      long length = second & 0x7f;
      if (opcode >= CLOSE) {
        check(last && length <= 125 && opcode <= PONG);
      } else {
        check(opcode <= BINARY && (opcode == CONTINUATION) == (kind != 0));
      }
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      check(length >= 0);
      if (length > MAX_MESSAGE - message.size()) {
        throw new Ends(1009);
      }
      byte[] mask = in.readNBytes(4);
      if (opcode >= CLOSE) {
        control(opcode, payload((int) length, mask, null));
      } else {
        data(opcode, last, (int) length, mask);
      }
    }

    private void data(int opcode, boolean last, int length, byte[] mask) throws IOException, Ends {
      if (opcode != CONTINUATION) {
        kind = opcode;
      }
      message.write(payload(length, mask, kind == TEXT ? utf8 : null));
      if (last) {
        if (kind == TEXT) {
          utf8.end();
        }
        send(kind, message.toByteArray());
        message.reset();
        kind = 0;
      }
    }

    private void control(int opcode, byte[] payload) throws IOException, Ends {
      if (opcode == PING) {
        send(PONG, payload);
      } else if (opcode == CLOSE) {
        if (payload.length == 0) {
          throw new Ends(0);
        }
        check(payload.length >= 2);
        int code = (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
        boolean known = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1011);
        check(known || (code >= 3000 && code <= 4999));
        Utf8 reason = new Utf8();
        reason.take(payload, 2, payload.length);
        reason.end();
        throw new Ends(code);
      }
    }

    private byte[] payload(int length, byte[] mask, @org.jspecify.annotations.Nullable Utf8 check)
        throws IOException, Ends {
      byte[] payload = new byte[length];
      for (int at = 0; at < length; ) {
        int n = in.read(payload, at, length - at);
        if (n < 0) {
          throw new EOFException();
        }
        for (int i = at; i < at + n; i++) {
          payload[i] ^= mask[i & 3];
        }
        if (check != null) {
          check.take(payload, at, at + n);
        }
        at += n;
      }
      return payload;
    }

    private static void check(boolean right) throws Ends {
      if (!right) {
        throw new Ends(1002);
      }
    }

    private void send(int opcode, byte[] payload) throws IOException {
      ByteBuffer frame = ByteBuffer.allocate(payload.length + 10);
      frame.put((byte) (0x80 | opcode));
      if (payload.length <= 125) {
        frame.put((byte) payload.length);
      } else if (payload.length <= 0xffff) {
        frame.put((byte) 126).putShort((short) payload.length);
      } else {
        frame.put((byte) 127).putLong(payload.length);
      }
      frame.put(payload);
      out.write(frame.array(), 0, frame.position());
    }
  }

  /// Whether bytes are UTF-8, told at the first byte that cannot be (RFC 3629 section 4).
  private static final class Utf8 {
    private int missing;
    private int low = 0x80;
    private int high = 0xbf;

    void take(byte[] bytes, int from, int to) throws Ends {
      for (int i = from; i < to; i++) {
        take(bytes[i] & 0xff);
      }
    }

    private void take(int b) throws Ends {
      if (missing > 0) {
        require(b >= low && b <= high);
        low = 0x80;
        high = 0xbf;
        missing--;
      } else if (b >= 0x80) {
        require(b >= 0xc2 && b <= 0xf4);
        missing = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
        low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
        high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
      }
    }

    void end() throws Ends {
      require(missing == 0);
    }

    private static void require(boolean right) throws Ends {
      if (!right) {
        throw new Ends(1007);
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
