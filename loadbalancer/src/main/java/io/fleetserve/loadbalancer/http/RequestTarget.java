package io.fleetserve.loadbalancer.http;

/// Request target and host, RFC 9112 section 3.2: origin form, asterisk form for OPTIONS, and
/// absolute form, which is reduced to origin form when it agrees with Host. Reused; confined to one
/// event loop.
final class RequestTarget {
  private static final byte[] HTTP = Octets.ascii("http://");

  private int start;
  private int end;
  private int authorityStart;
  private int authorityEnd;

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /// Start of the path with query; equal to [#end] when it is empty and stands for `/`.
  void parse(byte[] b, int from, int to, boolean options) {
    start = from;
    end = to;
    authorityStart = -1;
    if (from == to) {
      throw new MalformedMessage(400, "empty request target");
    }
    if (b[from] == '/') {
      return;
    }
    if (b[from] == '*' && to == from + 1 && options) {
      return;
    }
    if (to - from <= HTTP.length || !Octets.is(b, from, from + HTTP.length, HTTP)) {
      throw new MalformedMessage(400, "invalid request target");
    }
    authorityStart = from + HTTP.length;
    int i = authorityStart;
    while (i < to && b[i] != '/' && b[i] != '?') {
      i++;
    }
    authorityEnd = i;
    checkHost(b, authorityStart, authorityEnd);
    start = i;
    if (start < end && b[start] == '?') {
      throw new MalformedMessage(400, "absolute request target without a path");
    }
  }

  /// Throws unless the authority of an absolute target is what Host says.
  void checkAgrees(byte[] b, int hostStart, int hostEnd) {
    if (authorityStart >= 0
        && hostStart >= 0
        && !Octets.same(b, authorityStart, authorityEnd, hostStart, hostEnd)) {
      throw new MalformedMessage(400, "request target and Host differ");
    }
  }

  /// `uri-host [":" port]` of RFC 9110 section 7.2, not empty, no user information.
  static void checkHost(byte[] b, int from, int to) {
    int i = from;
    if (i < to && b[i] == '[') {
      i++;
      while (i < to && (Octets.hex(b[i]) >= 0 || b[i] == ':' || b[i] == '.')) {
        i++;
      }
      if (i == to || b[i] != ']') {
        throw new MalformedMessage(400, "invalid Host");
      }
      i++;
    } else {
      while (i < to && Octets.isHost(b[i])) {
        i++;
      }
    }
    if (i == from) {
      throw new MalformedMessage(400, "empty or invalid Host");
    }
    if (i < to) {
      if (b[i] != ':' || to - i > 6) {
        throw new MalformedMessage(400, "invalid Host");
      }
      for (i++; i < to; i++) {
        if (b[i] < '0' || b[i] > '9') {
          throw new MalformedMessage(400, "invalid port in Host");
        }
      }
    }
  }
}
