package io.fleetserve.loadbalancer.http;

/// A request head that [RequestEncoder] wrote, read back to be sent in another form. Reused; valid
/// until the array changes. Confined to one event loop.
///
/// Nothing is checked again and nothing forwarded is lost: only what frames the body or concerns
/// the connection is left out of the fields, beside Host and Content-Length, which have accessors.
public final class EncodedHead {
  private static final byte[] GRPC = Octets.ascii("application/grpc");

  // A client's fields were counted before ours were added.
  private final HeaderFields fields = new HeaderFields(Integer.MAX_VALUE);
  private byte[] bytes = {};
  private int methodEnd;
  private int targetEnd;
  private int host;
  private long contentLength;
  private boolean chunked;
  private boolean grpc;

  /// Reads a head.
  ///
  /// @param b a head from its first byte to `length`
  public void parse(byte[] b, int length) {
    bytes = b;
    host = -1;
    contentLength = -1;
    chunked = false;
    grpc = false;
    methodEnd = find(b, 0, ' ');
    targetEnd = find(b, methodEnd + 1, ' ');
    if (fields.parse(b, find(b, targetEnd, '\n') + 1, 500, 500) != length) {
      throw new IllegalStateException("not a head of ours");
    }
    for (int field = 0; field < fields.count(); field++) {
      read(field);
    }
  }

  private static int find(byte[] b, int from, char wanted) {
    int i = from;
    while (b[i] != wanted) {
      i++;
    }
    return i;
  }

  private void read(int field) {
    int start = fields.valueStart(field);
    int end = fields.valueEnd(field);
    switch (fields.kind(field)) {
      case HOST -> {
        host = field;
        fields.drop(field);
      }
      case CONTENT_LENGTH -> {
        contentLength = ContentLength.parse(bytes, start, end, 500);
        fields.drop(field);
      }
      case TRANSFER_ENCODING -> {
        chunked = true;
        fields.drop(field);
      }
      case CONNECTION, UPGRADE -> fields.drop(field);
      case CONTENT_TYPE ->
          grpc = end - start >= GRPC.length && Octets.is(bytes, start, start + GRPC.length, GRPC);
      default -> {}
    }
  }

  public String method() {
    return Octets.text(bytes, 0, methodEnd);
  }

  public String target() {
    return Octets.text(bytes, methodEnd + 1, targetEnd);
  }

  public String host() {
    return fields.value(host);
  }

  /// Length of the body; -1 when the head does not say.
  public long contentLength() {
    return contentLength;
  }

  public boolean isChunked() {
    return chunked;
  }

  /// A call of gRPC, by its content type.
  public boolean isGrpc() {
    return grpc;
  }

  /// What is left of the fields.
  public HeaderFields fields() {
    return fields;
  }
}
