package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.http.BodyReader;
import io.fleetserve.loadbalancer.http.EncodedHead;
import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.http.TrailerSection;
import io.fleetserve.loadbalancer.http2.RequestFields;
import io.fleetserve.loadbalancer.http2.ResponseFields;
import io.fleetserve.loadbalancer.http2.ResponseText;
import io.fleetserve.loadbalancer.http2.TrailerText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// One request on a [ReplicaSession] and its answer, confined to its lane.
///
///     NEW --begin--> HEAD --final head--> BODY --END_STREAM--> DONE
///
/// The request comes as HTTP/1.1 and is taken apart again; the answer's head goes through the parser
/// of HTTP/1.1 answers, and its body gets chunks where its receiver wants framing.
final class UpstreamStream implements Upstream {
  private static final byte[] LAST_CHUNK = Octets.ascii("0\r\n");
  private static final byte[] ZERO = {'0'};
  private static final byte[] LINE_END_AND_ZERO = Octets.ascii("\r\n0");
  private static final byte[] EMPTY_LINE = Octets.ascii("\r\n");

  private final ReplicaSession session;
  private final boolean reused;
  private final BodyReader request = new BodyReader(500);
  private @Nullable Http2Stream stream;
  private @Nullable UpstreamUser user;
  private boolean requestEnded;
  private boolean headRead;
  private boolean received;
  private boolean chunks;
  private boolean chunked;
  private boolean reading = true;
  private int owed;

  UpstreamStream(ReplicaSession session, boolean reused) {
    this.session = session;
    this.reused = reused;
  }

  @Override
  public Replica replica() {
    return session.replica();
  }

  @Override
  public boolean isReused() {
    return reused;
  }

  @Override
  public void begin(UpstreamUser next, ByteBuf head) {
    user = next;
    byte[] scratch = session.lane().scratch();
    int length = head.readableBytes();
    byte[] bytes = length <= scratch.length ? scratch : new byte[length];
    head.readBytes(bytes, 0, length);
    head.release();
    EncodedHead encoded = session.encodedHead();
    encoded.parse(bytes, length);
    if (encoded.isChunked()) {
      request.chunked(true);
    } else {
      request.length(Math.max(0, encoded.contentLength()));
    }
    requestEnded = request.isComplete();
    stream = session.writeHead(this, RequestFields.of(encoded), requestEnded);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // whether it is the same buffer, not the same bytes
  public void write(ByteBuf part) {
    Http2Stream to = stream;
    ByteBuf left = part;
    while (to != null && left != null && left.isReadable() && !request.isComplete()) {
      ByteBuf piece = request.take(left, session.allocator());
      if (piece == left) {
        left = null;
      }
      if (piece != null) {
        requestEnded = request.isComplete();
        session.writeData(to, piece, requestEnded);
      }
    }
    if (left != null) {
      left.release();
    }
    if (to != null && request.isComplete() && !requestEnded) {
      requestEnded = true;
      HeaderFields trailers = request.trailers();
      if (trailers == null) {
        session.writeData(to, Unpooled.EMPTY_BUFFER, true);
      } else {
        session.writeTrailers(to, ResponseFields.of(trailers));
      }
    }
  }

  @Override
  public byte @Nullable [] takeFiller() {
    if (!chunks) {
      return null;
    }
    // The line end behind the last chunk, which is otherwise written with the next one.
    byte[] filler = chunked ? LINE_END_AND_ZERO : ZERO;
    chunked = false;
    return filler;
  }

  @Override
  public void flush() {
    if (stream == null) {
      // The connection came to its end in the meantime.
      fail(UpstreamFailure.UNPROCESSED);
    } else {
      session.flush();
    }
  }

  @Override
  public boolean isWritable() {
    Http2Stream to = stream;
    return to == null || session.isWritable(to);
  }

  @Override
  public void reading(boolean on) {
    reading = on;
    Http2Stream from = stream;
    if (on && owed > 0 && from != null) {
      int bytes = owed;
      owed = 0;
      session.consumed(from, bytes);
    }
  }

  @Override
  public boolean isReading() {
    return reading;
  }

  @Override
  public void shutdownOutput() {
    abort();
  }

  @Override
  public void abort() {
    user = null;
    Http2Stream open = stream;
    if (open != null && open.state() != Http2Stream.State.CLOSED) {
      session.reset(open, Http2Error.CANCEL);
    }
  }

  /// The answer is complete. What is left of the request is not sent any more.
  void release() {
    Http2Stream open = stream;
    if (open != null && session.hasUnsent(open)) {
      abort();
    }
  }

  /// Fields came: an interim head, the final one, or trailers.
  void onFields(Http2Headers fields, boolean last) {
    received = true;
    UpstreamUser current = user;
    if (current == null) {
      return;
    }
    try {
      if (headRead) {
        trailers(current, fields);
      } else {
        head(current, fields, last);
      }
    } catch (MalformedMessage e) {
      fail(UpstreamFailure.MALFORMED);
      abort();
    }
  }

  private void head(UpstreamUser current, Http2Headers fields, boolean last) {
    int status = ResponseText.status(fields);
    ResponseHead head = session.lane().responseHead();
    if (status < 200) {
      if (last) {
        throw new MalformedMessage(502, "interim answer that ends the stream");
      }
      parse(head, fields, null);
      current.onInterim(head);
      return;
    }
    boolean sized = fields.contains("content-length");
    boolean bodiless = current.isHead() || status == 204 || status == 304;
    boolean contentOnly = current.wantsContentOnly();
    String framing = null;
    if (!sized && !bodiless) {
      if (!last) {
        framing = "transfer-encoding: chunked\r\n";
      } else if (!contentOnly) {
        framing = "content-length: 0\r\n";
      }
    }
    parse(head, fields, framing);
    headRead = true;
    chunks = framing != null && !last && !contentOnly;
    current.onHead(head, !sized && !bodiless && contentOnly);
    if (last && user != null) {
      complete(current);
    }
  }

  private void parse(ResponseHead head, Http2Headers fields, @Nullable String framing) {
    head.parse(session.lane().scratch(), session.text().write(fields, framing));
  }

  /// A piece of the body came, which stays the caller's. Returns how much of the window the replica
  /// gets back at once.
  ///
  /// @param bytes padding included
  int onData(ByteBuf data, int bytes, boolean last) {
    received = true;
    UpstreamUser current = user;
    if (current == null) {
      return bytes;
    }
    if (!headRead || (current.isHead() && data.isReadable())) {
      fail(UpstreamFailure.MALFORMED);
      abort();
      return bytes;
    }
    if (data.isReadable()) {
      if (chunks) {
        chunk(current, data.readableBytes());
      }
      current.onBody(data.retainedSlice());
    }
    if (last && user != null) {
      if (chunks) {
        lastChunk(current);
        current.onBody(Unpooled.wrappedBuffer(EMPTY_LINE));
      }
      complete(current);
    }
    if (reading || user == null) {
      return bytes;
    }
    owed += bytes;
    return 0;
  }

  private void chunk(UpstreamUser current, int size) {
    ByteBuf line = session.allocator().buffer(16);
    if (chunked) {
      line.writeBytes(EMPTY_LINE);
    }
    chunked = true;
    current.onBody(line.writeBytes(Octets.ascii(Integer.toHexString(size))).writeBytes(EMPTY_LINE));
  }

  private void lastChunk(UpstreamUser current) {
    ByteBuf line = session.allocator().buffer(16);
    if (chunked) {
      line.writeBytes(EMPTY_LINE);
    }
    current.onBody(line.writeBytes(LAST_CHUNK));
  }

  private void trailers(UpstreamUser current, Http2Headers fields) {
    TrailerSection section = TrailerText.of(fields, session.allocator(), 502);
    if (chunks) {
      lastChunk(current);
      current.onBody(section.encode(session.allocator()));
    } else if (current.wantsContentOnly()) {
      current.onTrailers(section.fields());
    }
    complete(current);
  }

  private void complete(UpstreamUser current) {
    user = null;
    current.onEnd(this, true);
  }

  /// Everything that arrived together was passed on.
  void readComplete() {
    UpstreamUser current = user;
    if (current != null) {
      current.onReadComplete();
    }
  }

  void writabilityChanged() {
    UpstreamUser current = user;
    if (current != null) {
      current.onWritabilityChanged();
    }
  }

  /// No complete answer comes.
  void fail(UpstreamFailure failure) {
    UpstreamUser current = user;
    user = null;
    if (current != null) {
      current.onFailure(failure);
    }
  }

  /// The replica takes no stream above `last`, RFC 9113 section 6.8.
  void goAway(int last) {
    Http2Stream open = stream;
    if (open != null && open.id() > last) {
      fail(UpstreamFailure.UNPROCESSED);
    }
  }

  /// The stream is closed.
  void closed() {
    fail(received ? UpstreamFailure.BROKEN : UpstreamFailure.CLOSED);
  }
}
