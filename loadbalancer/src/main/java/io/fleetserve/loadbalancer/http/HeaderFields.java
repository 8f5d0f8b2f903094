package io.fleetserve.loadbalancer.http;

import java.util.Arrays;

/// The field lines of one head, as ranges of the byte array they were parsed from.
///
/// Reused for many heads; valid until the array changes. Confined to one event loop.
///
/// Strict, RFC 9112 section 5: names are tokens, no space before the colon, no folded line, CRLF
/// only, no control characters in values.
public final class HeaderFields {
  private static final int STRIDE = 5;
  private static final int USUAL = 32;
  private final int most;
  private int[] spans = new int[USUAL * STRIDE];
  private KnownField[] kinds = new KnownField[USUAL];
  private boolean[] dropped = new boolean[USUAL];
  private byte[] bytes = {};
  private int count;

  /// @param most field lines of a head
  HeaderFields(int most) {
    this.most = most;
  }

  /// Parses lines from `from` until the empty line; returns the index behind it.
  ///
  /// @param b holds a whole head: the last line ends with CRLF and an empty line follows
  /// @param badStatus status of the exception for wrong syntax
  /// @param manyStatus status of the exception for too many fields
  int parse(byte[] b, int from, int badStatus, int manyStatus) {
    bytes = b;
    count = 0;
    int i = from;
    while (b[i] != '\r') {
      int name = i;
      while (Octets.isToken(b[i])) {
        i++;
      }
      if (i == name) {
        throw new MalformedMessage(badStatus, "invalid header field name or folded line");
      }
      if (b[i] != ':') {
        throw new MalformedMessage(badStatus, "invalid character in a header field name");
      }
      int nameEnd = i++;
      while (b[i] == ' ' || b[i] == '\t') {
        i++;
      }
      int value = i;
      while (Octets.isValue(b[i])) {
        i++;
      }
      if (b[i] != '\r' || b[i + 1] != '\n') {
        throw new MalformedMessage(badStatus, "control character in a header field value");
      }
      int valueEnd = i;
      while (valueEnd > value && (b[valueEnd - 1] == ' ' || b[valueEnd - 1] == '\t')) {
        valueEnd--;
      }
      i += 2;
      add(name, nameEnd, value, valueEnd, i, manyStatus);
    }
    if (b[i + 1] != '\n') {
      throw new MalformedMessage(badStatus, "CR without LF");
    }
    return i + 2;
  }

  private void add(int name, int nameEnd, int value, int valueEnd, int lineEnd, int manyStatus) {
    if (count == most) {
      throw new MalformedMessage(manyStatus, "too many header fields");
    }
    if (count == kinds.length) {
      spans = Arrays.copyOf(spans, 2 * spans.length);
      kinds = Arrays.copyOf(kinds, 2 * count);
      dropped = Arrays.copyOf(dropped, 2 * count);
    }
    int at = count * STRIDE;
    spans[at] = name;
    spans[at + 1] = nameEnd;
    spans[at + 2] = value;
    spans[at + 3] = valueEnd;
    spans[at + 4] = lineEnd;
    kinds[count] = KnownField.of(bytes, name, nameEnd);
    dropped[count] = false;
    count++;
  }

  /// Looks at `b` from here on, without any field.
  void use(byte[] b) {
    bytes = b;
    count = 0;
  }

  /// Visits the fields that are not left out, in order.
  public void forEach(FieldVisitor visitor) {
    for (int field = 0; field < count; field++) {
      if (!dropped[field]) {
        visitor.field(bytes, nameStart(field), nameEnd(field), valueStart(field), valueEnd(field));
      }
    }
  }

  /// Number of fields, those left out included.
  public int count() {
    return count;
  }

  KnownField kind(int field) {
    return kinds[field];
  }

  int nameStart(int field) {
    return spans[field * STRIDE];
  }

  int nameEnd(int field) {
    return spans[field * STRIDE + 1];
  }

  int valueStart(int field) {
    return spans[field * STRIDE + 2];
  }

  int valueEnd(int field) {
    return spans[field * STRIDE + 3];
  }

  int lineEnd(int field) {
    return spans[field * STRIDE + 4];
  }

  /// The first field with a name, those left out included; -1 when there is none.
  ///
  /// @param lower the name in lower case
  int find(byte[] lower) {
    for (int field = 0; field < count; field++) {
      if (Octets.is(bytes, nameStart(field), nameEnd(field), lower)) {
        return field;
      }
    }
    return -1;
  }

  /// Text of a value.
  String value(int field) {
    return Octets.text(bytes, valueStart(field), valueEnd(field));
  }

  boolean isDropped(int field) {
    return dropped[field];
  }

  /// Leaves the field out of what is forwarded.
  void drop(int field) {
    dropped[field] = true;
  }

  /// Leaves out every field whose name is the given range of the same array.
  void dropNamed(int start, int end) {
    for (int field = 0; field < count; field++) {
      if (Octets.same(bytes, nameStart(field), nameEnd(field), start, end)) {
        dropped[field] = true;
      }
    }
  }

  /// Leaves out every field with a name.
  ///
  /// @param lower the name in lower case
  void dropNamed(byte[] lower) {
    for (int field = 0; field < count; field++) {
      if (Octets.is(bytes, nameStart(field), nameEnd(field), lower)) {
        dropped[field] = true;
      }
    }
  }

  byte[] bytes() {
    return bytes;
  }

  /// Forgets everything, so that no old array is kept alive.
  void clear() {
    count = 0;
    Arrays.fill(kinds, KnownField.OTHER);
  }
}
