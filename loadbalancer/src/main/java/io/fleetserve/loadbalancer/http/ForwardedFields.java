package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;

/// Writes what a replica learns of the client and of the way its request came: `X-Forwarded-*` and
/// `Forwarded` (RFC 7239). What a trusted peer said is kept and extended, what others said is left
/// out. Each line begins with CRLF. Thread-safe: stateless.
final class ForwardedFields {
  private static final byte[] PREFIX = Octets.ascii("x-forwarded-");
  private static final byte[] FOR_NAME = Octets.ascii("x-forwarded-for");
  private static final byte[] PROTO_NAME = Octets.ascii("x-forwarded-proto");
  private static final byte[] HOST_NAME = Octets.ascii("x-forwarded-host");
  private static final byte[] FORWARDED_NAME = Octets.ascii("forwarded");
  private static final byte[] FOR = Octets.ascii("\r\nX-Forwarded-For: ");
  private static final byte[] PROTO = Octets.ascii("\r\nX-Forwarded-Proto: ");
  private static final byte[] PROTO_HTTP = Octets.ascii("\r\nX-Forwarded-Proto: http");
  private static final byte[] PROTO_HTTPS = Octets.ascii("\r\nX-Forwarded-Proto: https");
  private static final byte[] HOST = Octets.ascii("\r\nX-Forwarded-Host: ");
  private static final byte[] FORWARDED = Octets.ascii("\r\nForwarded: ");
  private static final byte[] ELEMENT_FOR = Octets.ascii("for=");
  private static final byte[] ELEMENT_HOST = Octets.ascii(";host=\"");
  private static final byte[] ELEMENT_HTTP = Octets.ascii("\";proto=http");
  private static final byte[] ELEMENT_HTTPS = Octets.ascii("\";proto=https");

  private ForwardedFields() {}

  static boolean isFor(HeaderFields fields, int field) {
    return is(fields, field, FOR_NAME);
  }

  private static boolean is(HeaderFields fields, int field, byte[] name) {
    return fields.kind(field) == KnownField.UNFORWARDED
        && Octets.is(fields.bytes(), fields.nameStart(field), fields.nameEnd(field), name);
  }

  /// Writes all of them.
  ///
  /// @param host index in `out` of the request's host as it is sent on
  static void write(ByteBuf out, HeaderFields fields, Peer peer, int host, int length) {
    if (peer.forwarding().legacy()) {
      legacy(out, fields, peer, host, length);
    }
    if (peer.forwarding().standard()) {
      standard(out, fields, peer, host, length);
    }
  }

  private static void legacy(ByteBuf out, HeaderFields fields, Peer peer, int host, int length) {
    out.writeBytes(FOR);
    if (peer.trusted()) {
      values(out, fields, FOR_NAME);
    }
    out.writeBytes(peer.text());
    int proto = peer.trusted() ? first(fields, PROTO_NAME) : -1;
    if (proto >= 0) {
      value(out.writeBytes(PROTO), fields, proto);
    } else {
      out.writeBytes(peer.secure() ? PROTO_HTTPS : PROTO_HTTP);
    }
    out.writeBytes(HOST);
    int named = peer.trusted() ? first(fields, HOST_NAME) : -1;
    if (named >= 0) {
      value(out, fields, named);
    } else {
      copy(out, host, length);
    }
    if (peer.trusted()) {
      others(out, fields);
    }
  }

  /// `X-Forwarded-Port`, `-Prefix` and the like, as they are.
  private static void others(ByteBuf out, HeaderFields fields) {
    for (int field = 0; field < fields.count(); field++) {
      int name = fields.nameStart(field);
      if (fields.kind(field) == KnownField.UNFORWARDED
          && fields.nameEnd(field) - name > PREFIX.length
          && Octets.is(fields.bytes(), name, name + PREFIX.length, PREFIX)
          && !is(fields, field, FOR_NAME)
          && !is(fields, field, PROTO_NAME)
          && !is(fields, field, HOST_NAME)) {
        out.writeByte('\r').writeByte('\n');
        // Without its own end of line: the next line begins with one.
        out.writeBytes(fields.bytes(), name, fields.valueEnd(field) - name);
      }
    }
  }

  private static void standard(ByteBuf out, HeaderFields fields, Peer peer, int host, int length) {
    out.writeBytes(FORWARDED);
    if (peer.trusted()) {
      values(out, fields, FORWARDED_NAME);
    }
    out.writeBytes(ELEMENT_FOR);
    byte[] address = peer.text();
    boolean v6 = contains(address, (byte) ':');
    if (v6) {
      out.writeByte('"').writeByte('[');
    }
    out.writeBytes(address);
    if (v6) {
      out.writeByte(']').writeByte('"');
    }
    out.writeBytes(ELEMENT_HOST);
    copy(out, host, length);
    out.writeBytes(peer.secure() ? ELEMENT_HTTPS : ELEMENT_HTTP);
  }

  private static boolean contains(byte[] text, byte wanted) {
    for (byte each : text) {
      if (each == wanted) {
        return true;
      }
    }
    return false;
  }

  private static int first(HeaderFields fields, byte[] name) {
    for (int field = 0; field < fields.count(); field++) {
      if (is(fields, field, name) && fields.valueEnd(field) > fields.valueStart(field)) {
        return field;
      }
    }
    return -1;
  }

  /// Every value of the name, each with a comma behind it.
  private static void values(ByteBuf out, HeaderFields fields, byte[] name) {
    for (int field = 0; field < fields.count(); field++) {
      if (is(fields, field, name) && fields.valueEnd(field) > fields.valueStart(field)) {
        value(out, fields, field);
        out.writeByte(',').writeByte(' ');
      }
    }
  }

  /// Repeats what was written before. Room is made first: a buffer cannot be copied into itself
  /// while it grows.
  private static void copy(ByteBuf out, int from, int length) {
    out.ensureWritable(length);
    out.setBytes(out.writerIndex(), out, from, length).writerIndex(out.writerIndex() + length);
  }

  private static void value(ByteBuf out, HeaderFields fields, int field) {
    int start = fields.valueStart(field);
    out.writeBytes(fields.bytes(), start, fields.valueEnd(field) - start);
  }
}
