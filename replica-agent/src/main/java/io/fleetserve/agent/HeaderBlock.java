package io.fleetserve.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// Header blocks of HTTP/2, RFC 7541, for a client that allows its peer no dynamic table.
///
/// Fields are written as literals. Of the static table only `:status` has a name here; other fields
/// of the table are read and left out, as a probe has no question about them. Pure.
final class HeaderBlock {
  private static final int STATIC_ENTRIES = 61;
  private static final int FIRST_STATUS = 8;
  private static final int[] STATUS = {200, 204, 206, 304, 400, 404, 500};

  private final byte[] block;
  private final Map<String, String> fields = new LinkedHashMap<>();
  private int at;

  private HeaderBlock(byte[] block) {
    this.block = block;
  }

  /// @param fields names in lower case
  static byte[] encode(Map<String, String> fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream(256);
    fields.forEach((name, value) -> {
      block.write(0); // a literal that is not indexed
      writeText(block, name);
      writeText(block, value);
    });
    return block.toByteArray();
  }

  private static void writeText(ByteArrayOutputStream block, String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    int rest = octets.length - 127;
    block.write(rest < 0 ? octets.length : 127);
    if (rest >= 0) {
      while (rest >= 128) {
        block.write((rest & 127) | 128);
        rest >>= 7;
      }
      block.write(rest);
    }
    block.writeBytes(octets);
  }

  /// The fields by name; of a repeated one the last.
  ///
  /// @throws IOException when the block is wrong, or uses a table that was not allowed
  static Map<String, String> decode(byte[] block) throws IOException {
    HeaderBlock reading = new HeaderBlock(block);
    while (reading.at < block.length) {
      reading.field();
    }
    return reading.fields;
  }

  private void field() throws IOException {
    int first = block[at] & 0xff;
    if (first >= 0x80) {
      indexed(integer(7));
    } else if (first >= 0x40) {
      literal(integer(6));
    } else if (first >= 0x20) {
      if (integer(5) != 0) {
        throw wrong("a dynamic table that was not allowed");
      }
    } else {
      literal(integer(4));
    }
  }

  private void indexed(int index) throws IOException {
    checkStatic(index);
    int status = index - FIRST_STATUS;
    if (index == 0) {
      throw wrong("a field without a name");
    }
    if (status >= 0 && status < STATUS.length) {
      fields.put(":status", Integer.toString(STATUS[status]));
    }
  }

  private void literal(int index) throws IOException {
    checkStatic(index);
    boolean status = index >= FIRST_STATUS && index < FIRST_STATUS + STATUS.length;
    String name = index == 0 ? text() : status ? ":status" : "";
    String value = text();
    if (!name.isEmpty()) {
      fields.put(name, value);
    }
  }

  private static void checkStatic(int index) throws IOException {
    if (index > STATIC_ENTRIES) {
      throw wrong("a dynamic table that was not allowed");
    }
  }

  private String text() throws IOException {
    boolean coded = at < block.length && block[at] < 0;
    int length = integer(7);
    if (length > block.length - at) {
      throw wrong("a field that is cut off");
    }
    int from = at;
    at += length;
    return coded
        ? new String(Huffman.decode(block, from, at), StandardCharsets.UTF_8)
        : new String(block, from, length, StandardCharsets.UTF_8);
  }

  /// RFC 7541 section 5.1.
  private int integer(int prefixBits) throws IOException {
    int most = (1 << prefixBits) - 1;
    int value = octet() & most;
    if (value < most) {
      return value;
    }
    for (int shift = 0; shift <= 21; shift += 7) {
      int next = octet();
      value += (next & 127) << shift;
      if (next < 128) {
        return value;
      }
    }
    throw wrong("a number out of bounds");
  }

  private int octet() throws IOException {
    if (at == block.length) {
      throw wrong("a field that is cut off");
    }
    return block[at++] & 0xff;
  }

  private static IOException wrong(String what) {
    return new IOException("answered no HTTP/2: " + what);
  }
}
