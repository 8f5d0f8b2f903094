package io.fleetserve.loadbalancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Messages that two parsers could understand differently, and some that are merely unusual (RFC
/// 9112 section 11.2, RFC 9110 section 5.5). Whatever is not on the list of the accepted must be
/// refused before a byte of it is forwarded.
@SuppressWarnings("StringConcatToTextBlock")
final class CorpusTest {
  private static final String H = "Host: a\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  /// Messages that are understood in one way only, and what is seen of them.
  private static Map<String, String> accepted() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("plain GET", "GET / HTTP/1.1\r\n" + H + "\r\n");
    all.put("space behind Content-Length", post("Content-Length: 3 \r\n", "abc"));
    all.put("Chunked in capitals", post("Transfer-Encoding: Chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"));
    all.put("one empty line first", "\r\nGET / HTTP/1.1\r\n" + H + "\r\n");
    all.put("long target", "GET /" + "a".repeat(5000) + " HTTP/1.1\r\n" + H + "\r\n");
    all.put("absolute target", "GET http://a/x HTTP/1.1\r\n" + H + "\r\n");
    all.put("asterisk of OPTIONS", "OPTIONS * HTTP/1.1\r\n" + H + "\r\n");
    all.put("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n");
    all.put("chunk extension", post(CHUNKED, "3;a=\"b c\"\r\nabc\r\n0\r\n\r\n"));
    return all;
  }

  private static Map<String, String> refused() {
    Map<String, String> all = new LinkedHashMap<>();
    framing(all);
    chunks(all);
    hosts(all);
    lines(all);
    fields(all);
    return all;
  }

  /// RFC 9112 section 6.
  private static void framing(Map<String, String> all) {
    String chunks = "3\r\nabc\r\n0\r\n\r\n";
    all.put("CL and TE", post("Content-Length: 3\r\n" + CHUNKED, chunks));
    all.put("TE and CL", post(CHUNKED + "Content-Length: 3\r\n", chunks));
    all.put("TE in 1.0", "POST / HTTP/1.0\r\n" + H + CHUNKED + "\r\n" + chunks);
    all.put("CL and TE in 1.0", "POST / HTTP/1.0\r\nContent-Length: 3\r\n" + CHUNKED + "\r\nabc");
    all.put("two CL", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"));
    all.put("two equal CL", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"));
    for (String length :
        List.of(
            "3,3", "3,4", "+3", "-3", "0x3", "", "1 3", "9".repeat(30), "\u0663", "3;", "3.0")) {
      all.put("CL " + length, post("Content-Length: " + length + "\r\n", "abc"));
    }
    for (String coding :
        List.of(
            "xchunked",
            "identity",
            "gzip, chunked",
            "chunked, gzip",
            "chunked, chunked",
            "\u000bchunked",
            "\"chunked\"",
            "chunked;a=b",
            "chunked, identity",
            "",
            ",chunked",
            "chunked,",
            "gzip\tchunked")) {
      all.put("TE " + coding, post("Transfer-Encoding: " + coding + "\r\n", chunks));
    }
    all.put("two TE", post(CHUNKED + "Transfer-Encoding: identity\r\n", chunks));
    all.put("folded TE", post("Transfer-Encoding:\r\n chunked\r\n", chunks));
    all.put("space before colon", post("Transfer-Encoding : chunked\r\n", chunks));
    all.put("tab before colon", post("Transfer-Encoding\t: chunked\r\n", chunks));
    all.put("underscore TE", post("Transfer_Encoding: chunked\r\n", chunks));
    all.put("underscore CL", post("Content_Length: 3\r\n", "abc"));
  }

  /// RFC 9112 section 7.1.
  private static void chunks(Map<String, String> all) {
    for (String size :
        List.of(
            "0x3", "+3", "-3", " 3", "3 ", "1_0", "", "f".repeat(16), "3;a\nb", "3;a\rb", "g")) {
      all.put("chunk size '" + size + "'", post(CHUNKED, size + "\r\nabc\r\n0\r\n\r\n"));
    }
    all.put("chunk line with LF", post(CHUNKED, "3\nabc\r\n0\r\n\r\n"));
    all.put("no CRLF behind chunk", post(CHUNKED, "3\r\nabc0\r\n\r\n"));
    all.put("LF behind chunk", post(CHUNKED, "3\r\nabc\n0\r\n\r\n"));
    all.put("CRLF in quotes", post(CHUNKED, "3;a=\"\r\n\"\r\nabc\r\n0\r\n\r\n"));
    all.put("6 KB extension", post(CHUNKED, "3;" + "a".repeat(6000) + "\r\nabc\r\n0\r\n\r\n"));
    all.put("folded trailer", post(CHUNKED, "0\r\nA: b\r\n c\r\n\r\n"));
    all.put("trailer without colon", post(CHUNKED, "0\r\nA\r\n\r\n"));
    all.put("trailer with LF", post(CHUNKED, "0\r\nA: b\n\r\n"));
  }

  /// RFC 9112 section 3.2, RFC 9110 section 7.2.
  private static void hosts(Map<String, String> all) {
    all.put("no Host", "GET / HTTP/1.1\r\n\r\n");
    all.put("two Hosts", "GET / HTTP/1.1\r\n" + H + H + "\r\n");
    for (String host : List.of("", "a b", "u@a", "a/b", "a?b", "a#b", "a:b", "[::1", "a:999999")) {
      all.put("Host '" + host + "'", "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }
    all.put("absolute target of another host", "GET http://b/ HTTP/1.1\r\n" + H + "\r\n");
    all.put("absolute https target", "GET https://a/ HTTP/1.1\r\n" + H + "\r\n");
    all.put("absolute with user", "GET http://u@a/ HTTP/1.1\r\n" + H + "\r\n");
  }

  /// RFC 9112 sections 2.2 and 3.
  private static void lines(Map<String, String> all) {
    all.put("LF line ends", "GET / HTTP/1.1\nHost: a\n\n");
    all.put("LF behind request line", "GET / HTTP/1.1\nHost: a\r\n\r\n");
    all.put("two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\n" + H + "\r\n");
    all.put("leading space", " GET / HTTP/1.1\r\n" + H + "\r\n");
    all.put("leading NUL", "\0GET / HTTP/1.1\r\n" + H + "\r\n");
    all.put("double space", "GET  / HTTP/1.1\r\n" + H + "\r\n");
    all.put("double space before version", "GET /  HTTP/1.1\r\n" + H + "\r\n");
    all.put("tab", "GET\t/\tHTTP/1.1\r\n" + H + "\r\n");
    all.put("space in target", "GET /a b HTTP/1.1\r\n" + H + "\r\n");
    all.put("control in target", "GET /a\u0001 HTTP/1.1\r\n" + H + "\r\n");
    all.put("8 bit in target", "GET /\u00e4 HTTP/1.1\r\n" + H + "\r\n");
    all.put("fragment", "GET /#a HTTP/1.1\r\n" + H + "\r\n");
    all.put("relative target", "GET a HTTP/1.1\r\n" + H + "\r\n");
    all.put("asterisk of GET", "GET * HTTP/1.1\r\n" + H + "\r\n");
    all.put("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
    all.put("CONNECT with a path", "CONNECT /x HTTP/1.1\r\n" + H + "\r\n");
    all.put("TRACE", "TRACE / HTTP/1.1\r\n" + H + "\r\n");
    all.put("lower case method", "get / HTTP/1.1\r\n" + H + "\r\n");
    all.put("bad method", "GE(T / HTTP/1.1\r\n" + H + "\r\n");
    all.put("long method", "A".repeat(30) + " / HTTP/1.1\r\n" + H + "\r\n");
    for (String version :
        List.of(
            "HTTP/0.9",
            "HTTP/1.2",
            "HTTP/2.0",
            "http/1.1",
            "HTTP/1.1 ",
            "HTTP/01.1",
            "HTTP/1",
            "X")) {
      all.put("version '" + version + "'", "GET / " + version + "\r\n" + H + "\r\n");
    }
    all.put("HTTP/0.9 request", "GET /\r\n\r\n");
    all.put("9 KB target", "GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + H + "\r\n");
  }

  /// RFC 9112 section 5, RFC 9110 sections 5.5 and 7.6.1.
  private static void fields(Map<String, String> all) {
    for (String line :
        List.of(
            "X: a\rb",
            "X: a\0b",
            "X: a\u007fb",
            "X\0: a",
            " X: a",
            "X : a",
            ": a",
            "X",
            "X(: a",
            "\u00e4: a",
            "X: a\r\n b",
            "X: a\r\n\tb",
            "Expect: 200-ok",
            "Connection: Content-Length",
            "Connection: close, Host",
            "Connection: Authorization",
            "Connection: X-Forwarded-For",
            "Connection: cookie",
            "Connection: \"close\"",
            "X_Forwarded_For: 1.1.1.1")) {
      all.put("field '" + line + "'", "GET / HTTP/1.1\r\n" + H + line + "\r\n\r\n");
    }
    all.put("200 fields", "GET / HTTP/1.1\r\n" + H + "A: b\r\n".repeat(200) + "\r\n");
    all.put("40 KB of fields", "GET / HTTP/1.1\r\n" + H + "A: " + "b".repeat(40_000) + "\r\n\r\n");
  }

  private static String post(String fields, String body) {
    return "POST / HTTP/1.1\r\n" + H + fields + "\r\n" + body;
  }

  /// Reads a message as a connection does; returns the body as it would be forwarded.
  @SuppressWarnings("ReferenceEquality") // whether it is the same buffer
  static String read(String message, int pieceBytes) {
    byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuf in = Unpooled.buffer();
    HeadScanner scanner = HeadScanner.ofRequests(HeadLimits.DEFAULT);
    BodyReader body = new BodyReader(400);
    StringBuilder forwarded = new StringBuilder();
    boolean headRead = false;
    boolean skipped = false;
    for (int at = 0; at < bytes.length; ) {
      int n = Math.min(pieceBytes, bytes.length - at);
      in.writeBytes(bytes, at, n);
      at += n;
      if (!headRead) {
        int length = scanner.scan(in);
        if (length == 2 && !skipped) {
          skipped = true;
          in.skipBytes(2);
          length = scanner.scan(in);
        }
        if (length < 0) {
          continue;
        }
        byte[] head = new byte[length + 64];
        in.readBytes(head, 0, length);
        RequestHead parsed = new RequestHead(HeadLimits.DEFAULT);
        parsed.parse(head, length);
        RequestEncoder.encode(
                parsed,
                ByteBufAllocator.DEFAULT,
                Forwarding.DEFAULT.peer(InetAddress.getLoopbackAddress(), ""),
                Octets.ascii("i"),
                head)
            .release();
        headRead = true;
        if (parsed.isChunked()) {
          body.chunked(false);
        } else {
          body.length(Math.max(0, parsed.contentLength()));
        }
      }
      while (in.isReadable() && !body.isComplete()) {
        ByteBuf piece = body.take(in.retain(), ByteBufAllocator.DEFAULT);
        if (piece != null) {
          forwarded.append(piece.toString(StandardCharsets.ISO_8859_1));
          piece.skipBytes(piece.readableBytes()).release();
        }
        if (piece != in) {
          in.release();
        }
      }
    }
    if (!headRead || !body.isComplete()) {
      throw new MalformedMessage(400, "incomplete");
    }
    return forwarded.toString();
  }

  @TestFactory
  List<DynamicTest> acceptsWhatHasOneMeaning() {
    return accepted().entrySet().stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.getKey(),
                () -> {
                  read(each.getValue(), Integer.MAX_VALUE);
                  read(each.getValue(), 1);
                }))
        .toList();
  }

  @TestFactory
  List<DynamicTest> refusesWhatIsAmbiguous() {
    return refused().entrySet().stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.getKey(),
                () -> {
                  assertThat(isRefused(each.getValue(), Integer.MAX_VALUE)).isTrue();
                  assertThat(isRefused(each.getValue(), 1)).isTrue();
                }))
        .toList();
  }

  private static boolean isRefused(String message, int pieceBytes) {
    try {
      read(message, pieceBytes);
      return false;
    } catch (MalformedMessage refused) {
      return true;
    }
  }

  /// RFC 9110 section 6.5.1.
  @Test
  void trailersThatControlOrAuthenticateAreNotForwarded() {
    String body = "3\r\nabc\r\n0\r\nTE: a\r\nX-Sum: 1\r\nExpect: b\r\nCookie: c\r\n\r\n";

    assertThat(read(post(CHUNKED, body), Integer.MAX_VALUE))
        .isEqualTo("3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n")
        .isEqualTo(read(post(CHUNKED, body), 1));
  }
}
