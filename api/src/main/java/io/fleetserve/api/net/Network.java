package io.fleetserve.api.net;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// A range of addresses in CIDR notation (RFC 4632, RFC 4291): `10.0.0.0/8`, `2001:db8::/32`, or a
/// single address. Immutable.
///
/// Nothing is looked up: host names are no addresses. An IPv4 address in IPv6 form
/// (`::ffff:10.0.0.1`) is the IPv4 address.
///
/// @param bits leading bits of `prefix` that count
@SuppressWarnings("ArrayRecordComponent") // compared by contains() alone
public record Network(byte[] prefix, int bits) {
  private static final Pattern V4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

  /// Reads a range.
  ///
  /// @throws IllegalArgumentException when it is none, or has bits set behind its length
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] address =
        address(slash < 0 ? text : text.substring(0, slash))
            .orElseThrow(() -> new IllegalArgumentException("not an address: " + text));
    int most = address.length * 8;
    int bits = slash < 0 ? most : length(text, slash, most);
    Network network = new Network(address, bits);
    for (int i = bits; i < most; i++) {
      if ((address[i / 8] & (0x80 >> (i % 8))) != 0) {
        throw new IllegalArgumentException("bits are set behind /" + bits + ": " + text);
      }
    }
    return network;
  }

  private static int length(String text, int slash, int most) {
    try {
      int bits = Integer.parseInt(text.substring(slash + 1));
      if (bits >= 0 && bits <= most) {
        return bits;
      }
    } catch (NumberFormatException notANumber) {
      // told below
    }
    throw new IllegalArgumentException(text + " (expected: /0../" + most + ")");
  }

  /// Bytes of an address, 4 or 16; empty when the text is none.
  public static Optional<byte[]> address(String text) {
    boolean literal =
        text.length() <= 45 && (V4.matcher(text).matches() || V6.matcher(text).matches());
    if (!literal) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text).getAddress());
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  /// Whether an address lies in the range.
  ///
  /// @param address 4 or 16 bytes
  public boolean contains(byte[] address) {
    if (address.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (address[i] != prefix[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    return rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0;
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(prefix) + "/" + bits;
  }
}
