package io.fleetserve.loadbalancer.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Streams of HTTP/1.1 requests, made from a grammar and then damaged a little, from a seed. About
/// a half of them are still valid. Not thread-safe.
final class RequestStreams {
  private static final List<String> TARGETS =
      List.of("/", "/a", "/a/b?c=d", "//a", "/a%20b", "/a;b=c", "/?", "http://h/a");
  private static final List<String> FIELDS =
      List.of(
          "X-A: 1",
          "X-A:2",
          "X-A: 3  ",
          "x-a:\t4",
          "Accept: */*",
          "Accept: text/html, */*;q=0.1",
          "Cookie: a=b; c=d",
          "Authorization: Bearer t",
          "X-Empty:",
          "Connection: keep-alive",
          "Connection: X-A",
          "Keep-Alive: timeout=5",
          "TE: trailers",
          "Expect: 100-continue",
          "Upgrade: h2c",
          "Via: 1.0 p",
          "X-Forwarded-For: 1.2.3.4",
          "Range: bytes=0-1",
          "X-8: \u00e4\u00f6");
  private static final List<String> HOSTILE =
      List.of(
          "Content-Length: 0",
          "Content-Length: 5",
          "Content-Length: 05",
          "Content-Length: 5, 5",
          "Content-Length: +5",
          "Content-Length:",
          "Content_Length: 5",
          "Transfer-Encoding: chunked",
          "Transfer-Encoding: Chunked",
          "Transfer-Encoding: identity",
          "Transfer-Encoding: gzip, chunked",
          "Transfer-Encoding: chunked, identity",
          "Transfer-Encoding:\u000bchunked",
          "Transfer-Encoding : chunked",
          " Transfer-Encoding: chunked",
          "Transfer-Encoding\r\n : chunked",
          "Transfer_Encoding: chunked",
          "Host: other",
          "Connection: Content-Length",
          "Connection: Transfer-Encoding, close",
          "Connection: close",
          "Trailer: Content-Length",
          "GET /inner HTTP/1.1");
  private static final String ODD = "\0\u0001\t\n\u000b\r \"#%,:;=\\_{}\u007f\u0080\u00a0\u00ff0aA";

  private final SplittableRandom random;

  RequestStreams(long seed) {
    random = new SplittableRandom(seed);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /// The next stream, one character a byte.
  String next() {
    StringBuilder stream = new StringBuilder();
    int requests = 1 + random.nextInt(3);
    for (int i = 0; i < requests; i++) {
      stream.append(request());
    }
    String damaged = stream.toString();
    int mutations = Math.max(0, random.nextInt(4) - 1);
    for (int i = 0; i < mutations; i++) {
      damaged = mutate(damaged);
    }
    return damaged;
  }

  private String request() {
    String method = any(List.of("GET", "POST", "POST", "POST", "PUT", "DELETE", "OPTIONS"));
    StringBuilder head = new StringBuilder(method + " " + any(TARGETS));
    head.append(random.nextInt(20) == 0 ? " HTTP/1.0" : " HTTP/1.1");
    List<String> fields = new ArrayList<>(List.of("Host: h"));
    for (int i = random.nextInt(5); i > 0; i--) {
      fields.add(random.nextInt(fields.size() + 1), any(FIELDS));
    }
    String body = "";
    if (!method.equals("GET")) {
      String content = content();
      if (random.nextBoolean()) {
        fields.add(random.nextInt(fields.size() + 1), "Content-Length: " + content.length());
        body = content;
      } else {
        fields.add(random.nextInt(fields.size() + 1), "Transfer-Encoding: chunked");
        body = chunks(content);
      }
    }
    fields.forEach(field -> head.append("\r\n").append(field));
    return head + "\r\n\r\n" + body;
  }

  /// Content that looks like requests and chunks itself.
  private String content() {
    return any(
        List.of(
            "",
            "a",
            "hello",
            "0\r\n\r\n",
            "5\r\nhello\r\n0\r\n\r\n",
            "GET /inner HTTP/1.1\r\nHost: h\r\n\r\n",
            "\r\n\r\n",
            "x".repeat(200)));
  }

  private String chunks(String content) {
    StringBuilder chunks = new StringBuilder();
    for (int at = 0; at < content.length(); ) {
      int n = Math.min(content.length() - at, 1 + random.nextInt(40));
      String size = Integer.toHexString(n);
      chunks.append(random.nextInt(6) == 0 ? "0" + size : size);
      chunks.append(any(List.of("", "", "", "", ";a=b", ";a=\"b c\"")));
      chunks.append("\r\n").append(content, at, at + n).append("\r\n");
      at += n;
    }
    chunks.append("0\r\n").append(any(List.of("", "", "", "X-Sum: 1\r\n", "Cookie: a\r\n")));
    return chunks + "\r\n";
  }

  private String mutate(String stream) {
    if (stream.isEmpty()) {
      return stream;
    }
    int at = random.nextInt(stream.length());
    return switch (random.nextInt(10)) {
      case 0 -> insert(stream, at, odd());
      case 1 -> stream.substring(0, at) + odd() + stream.substring(at + 1);
      case 2 -> stream.substring(0, at) + stream.substring(at + 1);
      case 3 -> insertLine(stream, any(HOSTILE));
      case 4 -> insertLine(stream, any(HOSTILE));
      case 5 -> digit(stream);
      case 6 -> lineEnd(stream);
      case 7 -> insert(stream, at, stream.substring(at, Math.min(stream.length(), at + 20)));
      case 8 -> stream.substring(0, at);
      default -> doubledLine(stream);
    };
  }

  private String odd() {
    return String.valueOf(ODD.charAt(random.nextInt(ODD.length())));
  }

  private static String insert(String stream, int at, String what) {
    return stream.substring(0, at) + what + stream.substring(at);
  }

  /// Index behind the line end that follows a random position; -1 if there is none.
  private int anyLine(String stream) {
    int end = stream.indexOf("\r\n", random.nextInt(stream.length()));
    return end < 0 ? -1 : end + 2;
  }

  private String insertLine(String stream, String line) {
    int at = anyLine(stream);
    return at < 0 ? stream : insert(stream, at, line + "\r\n");
  }

  private String doubledLine(String stream) {
    int at = anyLine(stream);
    int end = at < 0 ? -1 : stream.indexOf("\r\n", at);
    return end < 0 ? stream : insert(stream, at, stream.substring(at, end + 2));
  }

  private String lineEnd(String stream) {
    int at = anyLine(stream);
    String other = any(List.of("\n", "\r", "\r\r\n", "\n\r\n", " \r\n", "\r\n ", "\r\n\t", ""));
    return at < 0 ? stream : stream.substring(0, at - 2) + other + stream.substring(at);
  }

  /// Changes a digit: of a length, a chunk size, a version.
  private String digit(String stream) {
    int from = random.nextInt(stream.length());
    for (int i = from; i < stream.length(); i++) {
      if (Character.isDigit(stream.charAt(i))) {
        char other = (char) ('0' + random.nextInt(10));
        return stream.substring(0, i) + other + stream.substring(i + 1);
      }
    }
    return stream;
  }
}
