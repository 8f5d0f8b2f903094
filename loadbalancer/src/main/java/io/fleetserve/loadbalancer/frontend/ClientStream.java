package io.fleetserve.loadbalancer.frontend;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.http.RequestEncoder;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.http2.TrailerText;
import io.fleetserve.loadbalancer.lane.Buffers;
import io.fleetserve.loadbalancer.lane.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// One request of an HTTP/2 client and its answer. Confined to its lane.
///
/// The head goes through the parser of HTTP/1.1 heads, the body gets HTTP/1.1 framing
/// ([StreamBody]): a request that came here is checked like any other, and may be forwarded over
/// HTTP/1.1 as it is.
final class ClientStream implements Downstream {
  private final Http2Client connection;
  private final Http2Stream stream;
  private final LaneServices parts;
  private final Lane lane;
  private final StreamBody body;
  private final StreamAnswer answer;
  private @Nullable Exchange exchange;
  private @Nullable Relay tunnel;
  private @Nullable ByteBuf ahead;
  private @Nullable Http2Headers undecided;
  private boolean grpc;
  private boolean touched;
  private long stalledSince;

  ClientStream(Http2Client connection, Http2Stream stream) {
    this.connection = connection;
    this.stream = stream;
    this.parts = connection.parts();
    this.lane = parts.lane();
    this.body =
        new StreamBody(connection.allocator(), new BodyPace(parts.settings(), lane.coarseNow()));
    this.answer = new StreamAnswer(connection, stream);
    this.stalledSince = lane.coarseNow();
  }

  /// Whether the answer is not complete.
  boolean isUnderWay() {
    return exchange != null || undecided != null;
  }

  /// The request's head came.
  ///
  /// @param last nothing follows it
  /// @throws Http2Exception when the stream is to be reset
  void begin(Http2Headers fields, boolean last) throws Http2Exception {
    CharSequence type = fields.get("content-type");
    grpc = type != null && type.toString().startsWith("application/grpc");
    if (!last && isGetOrHead(fields) && !fields.contains("content-length")) {
      // Some clients end every request by an empty frame. Whether there is a body, which would be
      // refused, is known by the next frame.
      undecided = fields;
      return;
    }
    read(fields, last);
  }

  private static boolean isGetOrHead(Http2Headers fields) {
    CharSequence method = fields.method();
    return method != null
        && (AsciiString.contentEquals("GET", method) || AsciiString.contentEquals("HEAD", method));
  }

  private void read(Http2Headers fields, boolean last) throws Http2Exception {
    undecided = null;
    RequestHead parsed = lane.requestHead();
    parsed.clear();
    if (last) {
      body.end();
    }
    int length;
    try {
      length = connection.text().write(fields, last);
    } catch (MalformedMessage e) {
      if (e.status() == 400) {
        logRefused(RequestFacts.refused(parsed, connection.peer(), true), e.status());
        throw Http2Exception.streamError(stream.id(), PROTOCOL_ERROR, e.reason());
      }
      refuseHead(e);
      return;
    }
    try {
      parsed.parse(lane.scratch(), length);
    } catch (MalformedMessage e) {
      refuseHead(e);
      return;
    }
    begin(parsed, last);
  }

  private void begin(RequestHead parsed, boolean last) {
    String givenId = parsed.requestId();
    byte[] id = givenId == null ? lane.requestIds().next() : Octets.ascii(givenId);
    RequestFacts facts = RequestFacts.of(parsed, id, connection.peer(), true, parts.tracing());
    Service target;
    try {
      target = connection.services().of(parsed);
    } catch (MalformedMessage e) {
      refuseHead(e);
      return;
    }
    if (target == null) {
      new ExchangeLog(null, facts.trace()).write(parts.log(), "", facts, 404, "no_service");
      answer(Answers.NO_SERVICE, facts, last);
      return;
    }
    ByteBuf encoded =
        RequestEncoder.encode(
            parsed,
            allocator(),
            connection.peer(),
            id,
            Octets.ascii(target.name()),
            facts.traceparent());
    body.begin(parsed.isChunked());
    RequestFacts routed = facts.routed(target.route(), parsed);
    Exchange next = new Exchange(parts, this, target, routed, encoded);
    exchange = next;
    if (last || facts.isWebSocket()) {
      next.onBodyComplete();
    }
    next.start();
  }

  /// Answers a request whose head must not be forwarded.
  private void refuseHead(MalformedMessage error) {
    OwnAnswer answer = new OwnAnswer(error.status(), "invalid_request", error.reason() + ".", 0);
    RequestFacts facts = RequestFacts.refused(lane.requestHead(), connection.peer(), true);
    logRefused(facts, answer.status());
    answer(answer, facts, body.isComplete());
  }

  private void logRefused(RequestFacts facts, int status) {
    parts.connections().refused();
    String service = connection.services().name();
    new ExchangeLog(null, null).write(parts.log(), service, facts, status, "malformed");
  }

  /// A piece of the body came, which stays the caller's. Returns how much of the window the client
  /// gets back at once.
  ///
  /// @throws Http2Exception when the stream is to be reset
  int onData(ByteBuf data, int padding, boolean last) throws Http2Exception {
    Http2Headers fields = undecided;
    if (fields != null && (last || data.isReadable())) {
      read(fields, last && !data.isReadable());
    }
    int bytes = data.readableBytes() + padding;
    long now = lane.coarseNow();
    Relay through = tunnel;
    Exchange to = exchange;
    if (through != null) {
      through.fromClient(data.retain());
      touch();
    } else if (to == null || body.isComplete()) {
      // Answered already: what still comes is thrown away.
      if (last) {
        body.end();
      }
      return bytes;
    } else if (to.facts().isWebSocket()) {
      ahead = Buffers.join(ahead, data.retain(), allocator());
    } else {
      body.take(data, to, now);
      touch();
    }
    if (last) {
      end(null);
    }
    if (wantsMore()) {
      return bytes;
    }
    body.owe(bytes);
    return 0;
  }

  /// Trailer fields came, and with them the end of the request.
  ///
  /// @throws Http2Exception when the stream is to be reset
  void onTrailers(Http2Headers fields) throws Http2Exception {
    Http2Headers first = undecided;
    if (first != null) {
      read(first, true);
      return;
    }
    try {
      end(TrailerText.of(fields, allocator(), 400).encode(allocator()));
    } catch (MalformedMessage e) {
      throw Http2Exception.streamError(stream.id(), PROTOCOL_ERROR, e.reason());
    }
  }

  private void end(@Nullable ByteBuf trailerSection) {
    Exchange to = exchange;
    Relay through = tunnel;
    if (to != null && !to.facts().isWebSocket()) {
      touch();
      body.end(trailerSection, to);
      return;
    }
    body.end();
    if (trailerSection != null) {
      trailerSection.release();
    }
    if (through != null) {
      through.upstream().flush();
      through.upstream().shutdownOutput();
    }
  }

  private void touch() {
    if (!touched) {
      touched = true;
      connection.toFlush(this);
    }
  }

  /// The client sent all it has for now.
  void flushBody() {
    touched = false;
    Exchange to = exchange;
    if (to != null) {
      to.flushBody();
    }
  }

  private boolean wantsMore() {
    Exchange to = exchange;
    Relay through = tunnel;
    if (through != null) {
      return through.upstream().isWritable();
    }
    return to == null || (!to.facts().isWebSocket() && to.wantsBody());
  }

  @Override
  public void updateReading() {
    if (body.owed() > 0 && wantsMore()) {
      connection.consumed(stream, body.payBack(lane.coarseNow()));
    }
  }

  @Override
  public ByteBufAllocator allocator() {
    return connection.allocator();
  }

  @Override
  public boolean wantsContentOnly(RequestFacts facts) {
    return true;
  }

  @Override
  public void interim(ResponseHead interim, RequestFacts facts) {
    answer.interim(interim, facts);
  }

  @Override
  public void switchProtocol(ResponseHead head, RequestFacts facts, Relay by) {
    answer.tunnel(head, facts);
    tunnel = by;
    ByteBuf first = ahead;
    ahead = null;
    if (first != null) {
      by.fromClient(first);
      by.upstream().flush();
    }
    if (body.isComplete()) {
      by.upstream().shutdownOutput();
    }
    updateReading();
  }

  @Override
  public void head(ResponseHead head, RequestFacts facts, boolean untilClose, boolean wholeBody) {
    answer.head(head, facts);
  }

  @Override
  public boolean isHeadUnsent() {
    return answer.isHeadUnsent();
  }

  @Override
  public void dropHead() {
    answer.drop();
  }

  @Override
  public void write(ByteBuf piece) {
    answer.write(piece);
  }

  @Override
  public void trailers(HeaderFields fields) {
    answer.trailers(fields);
  }

  @Override
  public void flush() {
    answer.writeHeld();
    connection.flush();
  }

  @Override
  public boolean isWritable() {
    return connection.isWritable(stream);
  }

  @Override
  public void answered() {
    exchange = null;
    tunnel = null;
    connection.guard().completed();
    finish(answer.writeLast());
  }

  /// The answer's last frame was handed over. A client that still sends its request is told not to,
  /// RFC 9113 section 8.1.
  private void finish(ChannelFuture last) {
    if (body.owed() > 0) {
      connection.consumed(stream, body.payBack(lane.coarseNow()));
    }
    if (!body.isComplete()) {
      last.addListener(done -> {
        if (done.isSuccess() && !body.isComplete()) {
          connection.reset(stream, NO_ERROR);
        }
      });
    }
    connection.flush();
  }

  @Override
  public void answer(OwnAnswer own, RequestFacts facts, boolean whole) {
    exchange = null;
    finish(answer.writeOwn(own, facts, grpc));
  }

  @Override
  public void abort() {
    exchange = null;
    tunnel = null;
    answer.writeHeld();
    connection.reset(stream, INTERNAL_ERROR);
  }

  /// The client takes bytes again, or no more.
  void writabilityChanged() {
    Exchange current = exchange;
    Relay relay = current == null ? null : current.relay();
    stalledSince = lane.coarseNow();
    if (relay != null && isWritable()) {
      relay.resume();
    }
  }

  /// Looks at the time.
  void onTick(long now) {
    Exchange current = exchange;
    if (current != null) {
      current.onTick(now);
    }
    if (isWritable()) {
      stalledSince = now;
    } else if (now - stalledSince > parts.settings().times().stall().toNanos()) {
      // However little the client takes: what waits for it did not become less than a window.
      connection.reset(stream, CANCEL);
      return;
    }
    if (undecided != null && body.isSlow(now)) {
      undecided = null;
      lane.requestHead().clear();
      answer(
          Answers.SLOW_BODY,
          RequestFacts.refused(lane.requestHead(), connection.peer(), true),
          false);
      return;
    }
    if (body.isComplete() || grpc) {
      // A gRPC client may be silent in its half of a stream for as long as it likes.
      return;
    }
    if (current != null
        && current.isUnanswered()
        && tunnel == null
        && body.owed() == 0
        && body.isSlow(now)) {
      current.refuse(Answers.SLOW_BODY);
    }
  }

  /// The stream is closed; there is nobody to answer any more.
  void closed() {
    Exchange current = exchange;
    exchange = null;
    tunnel = null;
    dropHead();
    ByteBuf first = ahead;
    ahead = null;
    if (first != null) {
      first.release();
    }
    if (current != null) {
      current.cancel();
    }
  }
}
