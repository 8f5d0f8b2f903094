package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.RoutingTable;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.http.BodyReader;
import io.fleetserve.loadbalancer.http.HeadScanner;
import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.http.RequestEncoder;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.lane.Buffers;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.Timed;
import io.fleetserve.loadbalancer.upstream.UpstreamPool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// One client connection, confined to its lane: reads requests one after another, starts an
/// [Exchange] for each and begins the next when its answer is complete, so answers keep their
/// order.
///
///     HEAD --head read--> exchange (body read meanwhile) --answered--> HEAD ... or LINGER --> closed
///                                       \--101--> tunnel --> closed
///
/// Owns the bytes that were read and not yet passed on. Never closes with unread bytes in a hurry:
/// it ends its own direction first and waits for the client's end, so that an answer is not lost to
/// a reset.
final class ClientConnection extends ChannelInboundHandlerAdapter implements Timed {
  private static final int MAX_AHEAD = 64 << 10;
  private static final int MAX_LINGER = 1 << 20;
  private static final byte[] CONTINUE = Octets.ascii("HTTP/1.1 100 Continue\r\n\r\n");
  private static final byte[] NO_ID = {};

  private final LaneServices parts;
  private final Lane lane;
  private final Channel channel;
  private final @Nullable String serviceName;
  private final byte[] address;
  private final HeadScanner scanner = HeadScanner.ofRequests();
  private final BodyReader body = new BodyReader(400);
  private final ClientDeadlines deadlines;
  private @Nullable Service service;
  private @Nullable Exchange exchange;
  private @Nullable Relay tunnel;
  private @Nullable ByteBuf in;
  private boolean processing;
  private boolean lingering;
  private boolean inputEnded;
  private boolean skippedLine;
  private int probes;
  private int discarded;

  /// @param serviceName whose port this is; null for the shared port
  ClientConnection(LaneServices parts, Channel channel, @Nullable String serviceName) {
    this.parts = parts;
    this.lane = parts.lane();
    this.channel = channel;
    this.serviceName = serviceName;
    this.address = addressOf(channel);
    this.deadlines = new ClientDeadlines(parts.settings(), lane.coarseNow());
  }

  private static byte[] addressOf(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress inet && inet.getAddress() != null
        ? Octets.ascii(inet.getAddress().getHostAddress())
        : Octets.ascii("unknown");
  }

  // ---- what an exchange uses

  byte[] address() {
    return address;
  }

  ByteBufAllocator allocator() {
    return channel.alloc();
  }

  UpstreamPool pool() {
    return parts.pool();
  }

  /// Writes a part of an answer; owned from here on.
  void write(ByteBuf part) {
    Channels.write(channel, part);
  }

  void flush() {
    channel.flush();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /// Whether the connection may serve another request behind this one.
  boolean mayLiveOn(RequestFacts facts) {
    return facts.keepAlive() && !parts.connections().isStopping() && !lingering;
  }

  /// Bytes go both ways from here on; what the client sent ahead goes first.
  void tunnel(Relay by) {
    tunnel = by;
    ByteBuf ahead = in;
    in = null;
    if (ahead != null) {
      by.fromClient(ahead);
      by.upstream().flush();
    }
    if (inputEnded) {
      by.upstream().shutdownOutput();
    }
  }

  /// The answer of the current exchange was written.
  ///
  /// @param close nothing may follow
  void answered(boolean close) {
    Exchange ended = exchange;
    exchange = null;
    tunnel = null;
    probes = 0;
    boolean whole = body.isComplete();
    channel.flush();
    if (!channel.isActive()) {
      return;
    }
    if (close || !whole || ended == null) {
      linger();
      return;
    }
    deadlines.idle(lane.coarseNow());
    process();
  }

  /// Answers the current request without a replica.
  void answer(OwnAnswer answer, RequestFacts facts, boolean whole) {
    boolean close = !whole || !mayLiveOn(facts) || answer.status() == 404;
    write(answer.encode(channel.alloc(), facts.isHead(), close, facts.requestId()));
    answered(close);
  }

  /// Ends the connection inside an answer.
  ///
  /// @param visibly by a reset: the client would take the plain end for the end of the answer
  void abort(boolean visibly) {
    exchange = null;
    channel.flush();
    if (visibly) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    Channels.close(channel);
  }

  /// Reads on or pauses, by what there is room for.
  void updateReading() {
    Exchange current = exchange;
    Relay through = tunnel;
    ByteBuf ahead = in;
    boolean on = true;
    if (through != null) {
      on = through.upstream().isWritable();
    } else if (current != null) {
      on =
          body.isComplete()
              ? ahead == null || ahead.readableBytes() < MAX_AHEAD
              : current.wantsBody();
    }
    if (channel.config().isAutoRead() != on) {
      channel.config().setAutoRead(on);
      deadlines.progress(lane.coarseNow());
    }
  }

  // ---- reading

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    parts.connections().opened();
    lane.add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    deadlines.progress(lane.coarseNow());
    Relay through = tunnel;
    if (through != null) {
      through.fromClient(data);
      updateReading();
      return;
    }
    if (lingering) {
      discarded += data.readableBytes();
      data.release();
      if (discarded > MAX_LINGER) {
        Channels.close(channel);
      }
      return;
    }
    in = Buffers.join(in, data, channel.alloc());
    process();
  }

  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (!lingering && tunnel == null && step()) {}
    } catch (MalformedMessage e) {
      refuse(e);
    } finally {
      processing = false;
    }
    if (inputEnded && exchange == null && channel.isActive()) {
      linger();
    }
    updateReading();
  }

  private boolean step() {
    Exchange current = exchange;
    if (current == null) {
      return in != null && readHead();
    }
    if (body.isComplete() || in == null) {
      return false;
    }
    readBody(current);
    return true;
  }

  private boolean readHead() {
    ByteBuf data = in;
    if (data == null || !data.isReadable()) {
      dropInput();
      return false;
    }
    deadlines.head(lane.coarseNow());
    int length = scanner.scan(data);
    if (length < 0) {
      return false;
    }
    if (length == 2 && !skippedLine) {
      // RFC 9112 section 2.2: one empty line before a request line is ignored.
      skippedLine = true;
      data.skipBytes(2);
      return true;
    }
    skippedLine = false;
    data.readBytes(lane.scratch(), 0, length);
    RequestHead head = lane.requestHead();
    head.parse(lane.scratch(), length);
    begin(head);
    return true;
  }

  private void begin(RequestHead head) {
    String givenId = head.requestId();
    byte[] id = givenId == null ? lane.requestIds().next() : Octets.ascii(givenId);
    RequestFacts facts = RequestFacts.of(head, id);
    Service target = target(head);
    if (head.isChunked()) {
      body.chunked(false);
    } else {
      body.length(Math.max(0, head.contentLength()));
    }
    if (target == null) {
      new ExchangeLog().write(parts.log(), "", facts, address, 404, "no_service");
      answer(Answers.NO_SERVICE, facts, false);
      return;
    }
    ByteBuf encoded =
        RequestEncoder.encode(head, channel.alloc(), address, id, Octets.ascii(target.name()));
    Exchange next = new Exchange(parts, this, target, facts, encoded);
    exchange = next;
    readBody(next);
    next.start();
  }

  private @Nullable Service target(RequestHead head) {
    Service known = service;
    String name = serviceName;
    if (name != null) {
      if (known == null || known.isRemoved()) {
        known = parts.routing().table().byName().get(name);
        service = known;
      }
      return known;
    }
    String host = head.host();
    RoutingTable table = parts.routing().table();
    return host == null ? null : table.forHost(host);
  }

  /// Passes on what was read of the body.
  @SuppressWarnings("ReferenceEquality") // whether it is the same buffer, not the same bytes
  private void readBody(Exchange current) {
    while (!body.isComplete()) {
      ByteBuf data = in;
      if (data == null) {
        return;
      }
      if (!data.isReadable()) {
        dropInput();
        return;
      }
      ByteBuf piece = body.take(data, channel.alloc());
      if (piece == data) {
        in = null;
      }
      if (piece != null) {
        current.onBody(piece);
      }
    }
    current.onBodyComplete();
  }

  /// The client sent something that must not be forwarded.
  private void refuse(MalformedMessage error) {
    OwnAnswer answer = new OwnAnswer(error.status(), "invalid_request", error.reason() + ".", 0);
    Exchange current = exchange;
    if (current == null) {
      write(answer.encode(channel.alloc(), false, true, NO_ID));
      linger();
    } else if (current.isUnanswered()) {
      current.refuse(answer);
    } else {
      current.cancel();
      abort(true);
    }
  }

  private void dropInput() {
    ByteBuf dropped = in;
    in = null;
    if (dropped != null) {
      dropped.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null) {
      current.flushBody();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    deadlines.writable(channel.isWritable(), lane.coarseNow());
    Exchange current = exchange;
    Relay relay = current == null ? null : current.relay();
    if (relay != null && channel.isWritable()) {
      relay.resume();
    }
  }

  // ---- ending

  private void linger() {
    if (lingering) {
      return;
    }
    lingering = true;
    dropInput();
    channel.flush();
    deadlines.linger(lane.coarseNow());
    if (inputEnded) {
      Channels.close(channel);
    } else {
      Channels.shutdownOutput(channel);
      channel.config().setAutoRead(true);
    }
  }

  /// Closes now if nothing is under way; otherwise behind the current answer.
  void stop() {
    if (exchange == null && !lingering) {
      linger();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      onInputEnd();
    }
  }

  private void onInputEnd() {
    Exchange current = exchange;
    Relay through = tunnel;
    if (through != null) {
      through.upstream().shutdownOutput();
    } else if (current == null || !body.isComplete()) {
      // Idle, or inside a request that will never be complete.
      Channels.close(channel);
    } else {
      probe(current);
    }
  }

  /// Whether a client that ended its direction still reads cannot be seen, only tried: an interim
  /// answer makes the system of one that left reset the connection, and then the replica is spared
  /// the work.
  private void probe(Exchange current) {
    if (probes < 2 && current.facts().minorVersion() == 1 && current.isUnanswered()) {
      probes++;
      write(channel.alloc().directBuffer(CONTINUE.length).writeBytes(CONTINUE));
      channel.flush();
    }
  }

  @Override
  public void onTick(long now) {
    Exchange current = exchange;
    if (current != null) {
      if (inputEnded) {
        probe(current);
      }
      current.onTick(now);
    }
    switch (deadlines.check(now, exchange != null, tunnel != null, waitsForBody())) {
      case NONE -> {}
      case CLOSE -> {
        if (exchange == null && !lingering) {
          linger();
        } else {
          Channels.close(channel);
        }
      }
      case SLOW_HEAD -> {
        write(Answers.SLOW_HEAD.encode(channel.alloc(), false, true, NO_ID));
        linger();
      }
      case SLOW_BODY -> slowBody();
    }
  }

  private boolean waitsForBody() {
    return exchange != null && !body.isComplete() && channel.config().isAutoRead();
  }

  private void slowBody() {
    Exchange current = exchange;
    if (current != null && current.isUnanswered()) {
      current.refuse(Answers.SLOW_BODY);
    } else {
      Channels.close(channel);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lane.remove(this);
    parts.connections().closed();
    Exchange current = exchange;
    exchange = null;
    tunnel = null;
    lingering = true;
    if (current != null) {
      current.cancel();
    }
    dropInput();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a failed write: the client is gone. A bug shows as a test that fails.
    Channels.close(channel);
  }
}
