package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;

/// Collects trailer fields and re-writes those that may be forwarded, RFC 9110 section 6.5.1:
/// nothing that frames, routes or authenticates. An answer loses such fields; a request that frames
/// or routes again behind its body is refused. Confined to one event loop.
public final class TrailerSection {
  private static final int MAX_BYTES = 8 << 10;
  private static final int BAD_REQUEST = 400;

  private final int badStatus;
  private byte[] bytes = new byte[256];
  private int length;

  /// @param badStatus status of a [MalformedMessage]
  public TrailerSection(int badStatus) {
    this.badStatus = badStatus;
  }

  /// Consumes bytes of `in`; true when the empty line was read.
  public boolean read(ByteBuf in) {
    while (in.isReadable()) {
      byte b = in.readByte();
      if (length == MAX_BYTES) {
        throw new MalformedMessage(badStatus, "trailer section is too large");
      }
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, length * 2);
      }
      bytes[length++] = b;
      if (b == '\n') {
        if (length < 2 || bytes[length - 2] != '\r') {
          throw new MalformedMessage(badStatus, "line that does not end with CRLF");
        }
        if (length >= 4 && bytes[length - 3] == '\n' && bytes[length - 4] == '\r') {
          return true;
        }
      }
    }
    return false;
  }

  /// The fields, without those that must not be forwarded.
  public HeaderFields fields() {
    HeaderFields fields = new HeaderFields(HeadLimits.DEFAULT.fields());
    if (fields.parse(bytes, 0, badStatus, badStatus) != length) {
      throw new MalformedMessage(badStatus, "invalid trailer section");
    }
    if (badStatus == BAD_REQUEST) {
      check(fields);
    }
    for (int field = 0; field < fields.count(); field++) {
      if (fields.kind(field) != KnownField.OTHER) {
        fields.drop(field);
      }
    }
    return fields;
  }

  /// The section to forward, its empty line included; the caller owns the buffer.
  public ByteBuf encode(ByteBufAllocator allocator) {
    HeaderFields fields = fields();
    ByteBuf out = allocator.buffer(length);
    Runs.write(fields, out);
    return out.writeByte('\r').writeByte('\n');
  }

  private static void check(HeaderFields fields) {
    for (int field = 0; field < fields.count(); field++) {
      switch (fields.kind(field)) {
        case HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, DISGUISED ->
            throw new MalformedMessage(BAD_REQUEST, "trailer field that frames or routes");
        case UPGRADE,
            EXPECT,
            X_REQUEST_ID,
            CONTENT_TYPE,
            COOKIE,
            AUTHORIZATION,
            UNFORWARDED,
            OTHER -> {}
      }
    }
  }
}
