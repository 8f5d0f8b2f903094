package io.fleetserve.loadbalancer.http;

import io.fleetserve.api.net.Network;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The header of the PROXY protocol, version 1 or 2, with which a proxy announces the client of a
/// connection before its first byte ("The PROXY protocol", versions 1 & 2, 2020-03-05).
///
/// @param client null when the proxy speaks for itself (its health checks), or does not know
public record ProxyHeader(@Nullable InetAddress client) {
  private static final byte[] V1 = Octets.ascii("PROXY ");
  private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

  /// Section 2.1: the longest line of version 1.
  private static final int MAX_LINE = 107;

  private static final int V2_HEAD = 16;

  /// More than any that is known: the addresses of UNIX sockets, a certificate's names and a
  /// reserve.
  private static final int MAX_V2 = 4096;

  private static final int CRC32C_TYPE = 3;

  /// Reads a header and skips it; null when more bytes are needed, and then none are skipped.
  ///
  /// @throws MalformedMessage when the bytes are no header, or one that nobody should send
  public static @Nullable ProxyHeader read(ByteBuf in) {
    if (startsWith(in, V2)) {
      return in.readableBytes() < V2_HEAD ? null : version2(in);
    }
    if (startsWith(in, V1)) {
      return version1(in);
    }
    throw wrong("no header of the PROXY protocol");
  }

  /// As far as there are bytes.
  private static boolean startsWith(ByteBuf in, byte[] signature) {
    int known = Math.min(in.readableBytes(), signature.length);
    for (int i = 0; i < known; i++) {
      if (in.getByte(in.readerIndex() + i) != signature[i]) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable ProxyHeader version1(ByteBuf in) {
    int from = in.readerIndex();
    int lf = in.indexOf(from, from + Math.min(in.readableBytes(), MAX_LINE), (byte) '\n');
    if (lf < 0) {
      if (in.readableBytes() >= MAX_LINE) {
        throw wrong("line is too long");
      }
      return null;
    }
    if (in.getByte(lf - 1) != '\r') {
      throw wrong("line that does not end with CRLF");
    }
    String line = in.toString(from, lf - 1 - from, StandardCharsets.US_ASCII);
    in.readerIndex(lf + 1);
    String[] parts = line.split(" ", -1);
    if (parts[1].equals("UNKNOWN")) {
      return new ProxyHeader(null);
    }
    boolean v4 = parts[1].equals("TCP4");
    if ((!v4 && !parts[1].equals("TCP6")) || parts.length != 6) {
      throw wrong("unknown family, or not four values");
    }
    byte[] client = address(parts[2], v4);
    address(parts[3], v4);
    checkPort(parts[4]);
    checkPort(parts[5]);
    return new ProxyHeader(inet(client));
  }

  private static byte[] address(String text, boolean v4) {
    boolean right = v4 == (text.indexOf(':') < 0);
    return Network.address(text).filter(_ -> right).orElseThrow(() -> wrong("invalid address"));
  }

  private static void checkPort(String text) {
    boolean right = text.matches("0|[1-9][0-9]{0,4}") && Integer.parseInt(text) < 1 << 16;
    if (!right) {
      throw wrong("invalid port");
    }
  }

  private static @Nullable ProxyHeader version2(ByteBuf in) {
    int from = in.readerIndex();
    int command = in.getByte(from + 12) & 0xff;
    int family = in.getByte(from + 13) & 0xff;
    int length = in.getUnsignedShort(from + 14);
    if (command != 0x20 && command != 0x21) {
      throw wrong("unknown version or command");
    }
    if (length > MAX_V2) {
      throw wrong("header is too long");
    }
    if (in.readableBytes() < V2_HEAD + length) {
      return null;
    }
    int addresses =
        switch (family) {
          case 0x00 -> 0;
          case 0x11 -> 12;
          case 0x21 -> 36;
          case 0x31 -> 216;
          default -> throw wrong("unknown family");
        };
    if (length < addresses) {
      throw wrong("header is cut off");
    }
    // What follows an unspecified family is skipped (section 2.2), whatever it is.
    if (family != 0) {
      checkValues(in, V2_HEAD + addresses, V2_HEAD + length);
    }
    byte[] client = new byte[family == 0x11 ? 4 : family == 0x21 ? 16 : 0];
    in.getBytes(from + V2_HEAD, client);
    in.skipBytes(V2_HEAD + length);
    return new ProxyHeader(command == 0x20 || client.length == 0 ? null : inet(client));
  }

  /// The values behind the addresses, of which only the checksum means something here.
  private static void checkValues(ByteBuf in, int from, int end) {
    int at = from;
    while (at < end) {
      if (end - at < 3) {
        throw wrong("value is cut off");
      }
      int type = in.getByte(in.readerIndex() + at) & 0xff;
      int length = in.getUnsignedShort(in.readerIndex() + at + 1);
      at += 3;
      if (length > end - at || (type == CRC32C_TYPE && length != 4)) {
        throw wrong("value is cut off");
      }
      if (type == CRC32C_TYPE) {
        checkSum(in, at, end);
      }
      at += length;
    }
  }

  /// Section 2.2.4: over the whole header, its own four bytes taken for zeros.
  private static void checkSum(ByteBuf in, int at, int end) {
    byte[] header = new byte[end];
    in.getBytes(in.readerIndex(), header);
    for (int i = 0; i < 4; i++) {
      header[at + i] = 0;
    }
    CRC32C sum = new CRC32C();
    sum.update(header);
    if (sum.getValue() != in.getUnsignedInt(in.readerIndex() + at)) {
      throw wrong("wrong checksum");
    }
  }

  private static InetAddress inet(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MalformedMessage wrong(String reason) {
    return new MalformedMessage(400, reason);
  }
}
