package io.fleetserve.loadbalancer.telemetry;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/// Encodes one request as a line of JSON without a library: it is on the path of every request.
/// Reused; confined to one event loop.
final class AccessLine {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[16 << 10];
  private int length;
  private long second = -1;
  private String secondText = "";

  int length() {
    return length;
  }

  /// The lines so far; forgets them.
  byte[] take() {
    byte[] taken = Arrays.copyOf(bytes, length);
    length = 0;
    return taken;
  }

  void time(long epochMillis) {
    long now = Math.floorDiv(epochMillis, 1000L);
    if (now != second) {
      second = now;
      // Without fraction it ends in Z, which goes behind the milliseconds.
      String text = Instant.ofEpochSecond(now).toString();
      secondText = "{\"time\":\"" + text.substring(0, text.length() - 1) + ".";
    }
    raw(secondText);
    int millis = (int) Math.floorMod(epochMillis, 1000L);
    put('0' + millis / 100);
    put('0' + millis / 10 % 10);
    put('0' + millis % 10);
    raw("Z\"");
  }

  void text(String key, String value) {
    raw(key);
    put('"');
    for (int i = 0; i < value.length(); i++) {
      escaped(value.charAt(i));
    }
    put('"');
  }

  void text(String key, byte[] value) {
    raw(key);
    put('"');
    for (byte b : value) {
      escaped((char) (b & 0xff));
    }
    put('"');
  }

  void number(String key, long value) {
    raw(key);
    long left = value;
    if (left < 0) {
      put('-');
      left = -left;
    }
    long divisor = 1;
    while (left / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      put('0' + (int) (left / divisor % 10));
    }
  }

  void end() {
    put('}');
    put('\n');
  }

  /// One character, ISO 8859-1 at most, as JSON in ASCII.
  private void escaped(char c) {
    if (c == '"' || c == '\\') {
      put('\\');
      put(c);
    } else if (c < ' ' || c > '~') {
      raw("\\u00");
      put(HEX[c >> 4 & 15]);
      put(HEX[c & 15]);
    } else {
      put(c);
    }
  }

  /// Characters as they are, ASCII.
  void raw(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      put(ascii.charAt(i));
    }
  }

  private void put(int b) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, length * 2);
    }
    bytes[length++] = (byte) b;
  }
}
