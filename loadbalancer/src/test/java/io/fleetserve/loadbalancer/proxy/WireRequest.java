package io.fleetserve.loadbalancer.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request as bytes on the wire, read by a parser that knows only the one canonical form of each
/// element and shares no code with the product: what it cannot read, another server may misread.
///
/// @param line method, target and version
/// @param fields lines as sent, without CRLF
/// @param body without chunk framing, one character a byte
record WireRequest(String line, List<String> fields, String body) {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern LINE =
      Pattern.compile("[A-Z0-9-]{1,24} (/[!-~&&[^#\\\\]]*|\\*) HTTP/1\\.[01]");
  private static final Pattern FIELD =
      Pattern.compile("(" + TOKEN + "): ?[\\t -~\\u0080-\\u00ff]*");
  private static final Pattern CHUNK =
      Pattern.compile("([0-9a-fA-F]{1,15})(;[\\t -~\\u0080-\\u00ff]*)?");

  WireRequest {
    fields = List.copyOf(fields);
  }

  /// What a stream of bytes holds.
  ///
  /// @param rest bytes behind the last complete request
  /// @param error why the rest cannot become a request; empty while it still can
  record Stream(List<WireRequest> requests, String rest, String error) {
    Stream {
      requests = List.copyOf(requests);
    }

    /// Complete requests and nothing else.
    boolean isClean() {
      return rest.isEmpty() && error.isEmpty();
    }
  }

  private static final class NotCanonical extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotCanonical(String reason) {
      super(reason);
    }
  }

  private static final class Incomplete extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// Reads as many requests as there are.
  static Stream read(String bytes) {
    List<WireRequest> requests = new ArrayList<>();
    Cursor at = new Cursor(bytes);
    int done = 0;
    try {
      while (done < bytes.length()) {
        requests.add(one(at));
        done = at.position;
      }
      return new Stream(requests, "", "");
    } catch (Incomplete more) {
      return new Stream(requests, bytes.substring(done), "");
    } catch (NotCanonical wrong) {
      return new Stream(requests, bytes.substring(done), String.valueOf(wrong.getMessage()));
    }
  }

  private static WireRequest one(Cursor at) {
    String line = at.line();
    check(LINE.matcher(line).matches(), "request line " + line);
    List<String> fields = fields(at);
    check(named(fields, "host").size() == 1, "one Host");
    List<String> lengths = named(fields, "content-length");
    List<String> codings = named(fields, "transfer-encoding");
    check(lengths.size() + codings.size() <= 1, "one length");
    String body = "";
    if (!codings.isEmpty()) {
      check(codings.getFirst().equals("chunked"), "coding " + codings);
      body = chunks(at);
    } else if (!lengths.isEmpty()) {
      check(lengths.getFirst().matches("0|[1-9][0-9]{0,9}"), "length " + lengths);
      body = at.take(Integer.parseInt(lengths.getFirst()));
    }
    return new WireRequest(line, fields, body);
  }

  private static List<String> fields(Cursor at) {
    List<String> fields = new ArrayList<>();
    for (String field = at.line(); !field.isEmpty(); field = at.line()) {
      check(FIELD.matcher(field).matches(), "field " + field);
      fields.add(field);
    }
    return fields;
  }

  private static String chunks(Cursor at) {
    StringBuilder body = new StringBuilder();
    while (true) {
      String line = at.line();
      Matcher size = CHUNK.matcher(line);
      check(size.matches(), "chunk " + line);
      int n = Integer.parseInt(size.group(1), 16);
      if (n == 0) {
        List<String> trailers = fields(at);
        for (String name : List.of("host", "content-length", "transfer-encoding", "connection")) {
          check(named(trailers, name).isEmpty(), "trailer " + name);
        }
        return body.toString();
      }
      body.append(at.take(n));
      check(at.line().isEmpty(), "end of chunk");
    }
  }

  private static void check(boolean canonical, String what) {
    if (!canonical) {
      throw new NotCanonical(what);
    }
  }

  private static List<String> named(List<String> fields, String name) {
    return fields.stream()
        .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(field -> field.substring(name.length() + 1).strip())
        .toList();
  }

  String method() {
    return line.substring(0, line.indexOf(' '));
  }

  String target() {
    return line.split(" ", 3)[1];
  }

  /// First value of a field.
  Optional<String> field(String name) {
    return named(fields, name).stream().findFirst();
  }

  private static final class Cursor {
    private final String bytes;
    private int position;

    Cursor(String bytes) {
      this.bytes = bytes;
    }

    String line() {
      int end = bytes.indexOf("\r\n", position);
      if (end < 0) {
        check(bytes.indexOf('\n', position) < 0, "bare LF");
        throw new Incomplete();
      }
      String line = bytes.substring(position, end);
      check(line.indexOf('\n') < 0 && line.indexOf('\r') < 0, "bare CR or LF");
      position = end + 2;
      return line;
    }

    String take(int n) {
      if (bytes.length() - position < n) {
        throw new Incomplete();
      }
      String taken = bytes.substring(position, position + n);
      position += n;
      return taken;
    }
  }
}
