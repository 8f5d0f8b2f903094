package io.fleetserve.loadbalancer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// "The PROXY protocol", versions 1 & 2.
final class ProxyHeaderTest {
  private static final String V2 = "0d0a0d0a000d0a515549540a";
  private static final String ADDRESSES_4 = "c0000201" + "c6336401" + "dc04" + "01bb";

  private static byte[] line(String text) {
    return (text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  /// In every division: nothing is taken until all is there, and nothing behind it is.
  private static @Nullable String read(byte[] header) {
    for (int cut = 0; cut < header.length; cut++) {
      ByteBuf part = Unpooled.wrappedBuffer(header, 0, cut);
      assertThat(ProxyHeader.read(part)).as("the first %d bytes", cut).isNull();
      assertThat(part.readableBytes()).isEqualTo(cut);
    }
    ByteBuf whole = Unpooled.wrappedBuffer(header, new byte[] {'G', 'E', 'T'});
    ProxyHeader read = Objects.requireNonNull(ProxyHeader.read(whole));
    assertThat(ByteBufUtil.getBytes(whole)).isEqualTo(new byte[] {'G', 'E', 'T'});
    InetAddress client = read.client();
    return client == null ? null : client.getHostAddress();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          PROXY TCP4 192.0.2.1 198.51.100.1 56324 443,       192.0.2.1
          PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255
          PROXY TCP6 2001:db8::1 2001:db8::2 0 443,          2001:db8:0:0:0:0:0:1
          PROXY UNKNOWN,                                     -
          PROXY UNKNOWN ffff:f:f:f:f:f:f:f whatever 65535 1, -
          """)
  void linesOfVersion1AreRead(String line, @Nullable String client) {
    assertThat(read(line(line))).isEqualTo(client);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1",
        "PROXY",
        "proxy TCP4 192.0.2.1 198.51.100.1 1 2",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3",
        "PROXY TCP4  192.0.2.1 198.51.100.1 1 2",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 65536",
        "PROXY TCP4 192.0.2.1 198.51.100.1 01 2",
        "PROXY TCP4 192.0.2.1 198.51.100.1 -1 2",
        "PROXY TCP4 localhost 198.51.100.1 1 2",
        "PROXY TCP4 192.0.2 198.51.100.1 1 2",
        "PROXY TCP4 ::ffff:192.0.2.1 198.51.100.1 1 2",
        "PROXY TCP6 192.0.2.1 2001:db8::2 1 2",
        "PROXY UDP4 192.0.2.1 198.51.100.1 1 2",
        "PROXY UNKNOWN aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            + "aaaaaaaaaaaaaaaa"
      })
  void otherLinesAreRefused(String line) {
    assertThatThrownBy(() -> ProxyHeader.read(Unpooled.wrappedBuffer(line(line))))
        .isInstanceOf(MalformedMessage.class);
  }

  @Test
  void lineEndsWithCrlf() {
    byte[] bare = "PROXY UNKNOWN\n".getBytes(StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> ProxyHeader.read(Unpooled.wrappedBuffer(bare)))
        .isInstanceOf(MalformedMessage.class);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          TCP over IPv4,          21 11 000c c0000201 c6336401 dc04 01bb,                     192.0.2.1
          the proxy's own,        20 11 000c c0000201 c6336401 dc04 01bb,                     -
          own without addresses,  20 00 0000,                                                 -
          unspecified and junk,   21 00 0003 010203,                                          -
          values behind,          21 11 0015 c0000201 c6336401 dc04 01bb 04 0001 00 ea 0002 0102, 192.0.2.1
          TCP over IPv6,          21 21 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 dc04 01bb, 2001:db8:0:0:0:0:0:1
          IPv4 in IPv6,           21 21 0024 00000000000000000000ffffc0000201 00000000000000000000ffffc6336401 dc04 01bb, 192.0.2.1
          """)
  void headersOfVersion2AreRead(String what, String header, @Nullable String client) {
    assertThat(read(hex(V2 + header))).as(what).isEqualTo(client);
  }

  @Test
  void socketsOfUnixHaveNoAddress() {
    assertThat(read(hex(V2 + "21 31 00d8" + "00".repeat(216)))).isNull();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          another version,         11 11 000c c0000201 c6336401 dc04 01bb
          another command,         22 11 000c c0000201 c6336401 dc04 01bb
          datagrams,               21 12 000c c0000201 c6336401 dc04 01bb
          too short for its family, 21 11 000b c0000201 c6336401 dc04 01
          a value that is cut off, 21 11 000e c0000201 c6336401 dc04 01bb 0400
          a value beyond the end,  21 11 0010 c0000201 c6336401 dc04 01bb 04 0002 00
          a short checksum,        21 11 0010 c0000201 c6336401 dc04 01bb 03 0001 00
          a wrong checksum,        21 11 0013 c0000201 c6336401 dc04 01bb 03 0004 00000000
          a length beyond reason,  21 11 1001
          """)
  void otherHeadersAreRefused(String what, String header) {
    assertThatThrownBy(() -> ProxyHeader.read(Unpooled.wrappedBuffer(hex(V2 + header))))
        .as(what)
        .isInstanceOf(MalformedMessage.class);
  }

  @Test
  void checksumIsTakenWithItsOwnPlaceEmpty() {
    byte[] header = hex(V2 + "21 11 0013" + ADDRESSES_4 + "03 0004 00000000");
    CRC32C sum = new CRC32C();
    sum.update(header);
    ByteBuffer.wrap(header).putInt(header.length - 4, (int) sum.getValue());

    assertThat(read(header)).isEqualTo("192.0.2.1");
  }
}
