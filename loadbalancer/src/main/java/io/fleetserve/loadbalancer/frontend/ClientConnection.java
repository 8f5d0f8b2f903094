package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.http.Peer;
import io.fleetserve.loadbalancer.http.RequestEncoder;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.Timed;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/// One HTTP/1 connection of a client, confined to its lane: reads requests one after another, starts an
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

  private final LaneServices parts;
  private final Lane lane;
  private final Channel channel;
  private final ServiceLookup services;
  private final Peer peer;
  private final RequestInput input;
  private final ClientDeadlines deadlines;
  private final Interim interim;
  private final AnswerWriter answers;
  private @Nullable Exchange exchange;
  private @Nullable Relay tunnel;
  private boolean processing;
  private boolean lingering;
  private boolean inputEnded;
  private int discarded;

  /// @param serviceName whose port this is; null for the shared port
  ClientConnection(LaneServices parts, Channel channel, @Nullable String serviceName) {
    this.parts = parts;
    this.lane = parts.lane();
    this.channel = channel;
    this.services = new ServiceLookup(parts.routing(), serviceName, TlsEntry.serverName(channel));
    this.input = new RequestInput(lane, channel.alloc());
    this.peer =
        ClientAddress.peer(channel, parts.settings().forwarding(), TlsEntry.version(channel));
    this.interim = new Interim(channel);
    this.answers = new AnswerWriter(this, channel);
    this.deadlines = new ClientDeadlines(parts.settings(), lane.coarseNow());
  }

  Interim interim() {
    return interim;
  }

  /// Whether the connection may serve another request behind this one.
  boolean mayLiveOn(RequestFacts facts) {
    return facts.keepAlive() && !parts.connections().isStopping() && !lingering;
  }

  /// Bytes go both ways from here on; what the client sent ahead goes first.
  void tunnel(Relay by) {
    tunnel = by;
    ByteBuf ahead = input.takeAll();
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
    interim.reset();
    boolean whole = input.isBodyComplete();
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

  /// Ends the connection inside an answer.
  ///
  /// @param visibly by a reset: the client would take the plain end for the end of the answer
  void abort(boolean visibly) {
    exchange = null;
    if (visibly) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      Channels.close(channel);
    } else {
      end(() -> Channels.close(channel));
    }
  }

  /// Reads on or pauses, by what there is room for.
  void updateReading() {
    if (lingering) {
      return;
    }
    Exchange current = exchange;
    Relay through = tunnel;
    boolean on = true;
    if (through != null) {
      on = through.upstream().isWritable();
    } else if (current != null) {
      on = input.isBodyComplete() ? input.readableBytes() < MAX_AHEAD : current.wantsBody();
    }
    if (channel.config().isAutoRead() != on) {
      channel.config().setAutoRead(on);
      deadlines.progress(lane.coarseNow());
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin();
  }

  /// Looks at the time from now on.
  void begin() {
    lane.add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    deadlines.progress(data.readableBytes(), lane.coarseNow());
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
    input.add(data);
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
    if (input.isHttp2()) {
      speakHttp2();
      return;
    }
    if (inputEnded && exchange == null && channel.isActive()) {
      linger();
    }
    updateReading();
  }

  /// The client knows that we speak HTTP/2 (RFC 9113 section 3.3): another handler takes over, with
  /// the bytes that were read.
  void speakHttp2() {
    lane.remove(this);
    ByteBuf read = input.takeAll();
    Http2Client next = Http2Client.of(parts, channel, services, peer);
    channel
        .pipeline()
        .addLast(new LingeringClose(lane, parts.settings().times().linger()))
        .addLast(next)
        .remove(this);
    if (read != null) {
      channel.pipeline().context(LingeringClose.class).fireChannelRead(read);
    }
  }

  private boolean step() {
    if (input.isEmpty()) {
      return false;
    }
    Exchange current = exchange;
    if (current == null) {
      deadlines.head(lane.coarseNow());
      if (!input.readHead()) {
        return false;
      }
      begin(lane.requestHead());
      return true;
    }
    if (input.isBodyComplete()) {
      return false;
    }
    input.readBody(current);
    return true;
  }

  private void begin(RequestHead head) {
    String givenId = head.requestId();
    byte[] id = givenId == null ? lane.requestIds().next() : Octets.ascii(givenId);
    RequestFacts facts = RequestFacts.of(head, id, peer, false, parts.tracing());
    Service target = services.of(head);
    if (target == null) {
      new ExchangeLog(null, facts.trace()).write(parts.log(), "", facts, 404, "no_service");
      answers.answer(Answers.NO_SERVICE, facts, false);
      return;
    }
    ByteBuf encoded =
        RequestEncoder.encode(
            head, channel.alloc(), peer, id, Octets.ascii(target.name()), facts.traceparent());
    RequestFacts routed = facts.routed(target.route(), head);
    Exchange next = new Exchange(parts, answers, target, routed, encoded);
    exchange = next;
    input.readBody(next);
    next.start();
  }

  /// The client sent something that must not be forwarded.
  private void refuse(MalformedMessage error) {
    OwnAnswer answer = new OwnAnswer(error.status(), "invalid_request", error.reason() + ".", 0);
    Exchange current = exchange;
    if (current == null) {
      refuseHead(answer);
    } else if (current.isUnanswered()) {
      current.refuse(answer);
    } else {
      current.cancel();
      abort(true);
    }
  }

  /// Answers a request whose head was not understood; nothing can be read behind it.
  private void refuseHead(OwnAnswer answer) {
    RequestFacts facts = RequestFacts.refused(lane.requestHead(), peer, false);
    parts.connections().refused();
    new ExchangeLog(null, null)
        .write(parts.log(), services.name(), facts, answer.status(), "malformed");
    Channels.write(
        channel, answer.encode(channel.alloc(), facts.isHead(), true, facts.requestId()));
    linger();
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

  private void linger() {
    end(inputEnded ? () -> Channels.close(channel) : this::waitForEnd);
  }

  /// Writes nothing more, and does `then` when the client has taken all that was written.
  private void end(Runnable then) {
    if (lingering) {
      return;
    }
    lingering = true;
    input.drop();
    deadlines.ending(lane.coarseNow());
    channel.config().setAutoRead(false);
    Channels.afterWrites(channel, then);
  }

  private void waitForEnd() {
    if (channel.isActive()) {
      deadlines.linger(lane.coarseNow());
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
    } else if (current == null || !input.isBodyComplete()) {
      // Idle, or inside a request that will never be complete.
      Channels.close(channel);
    } else if (current.facts().minorVersion() == 0) {
      // Whether it still reads could not be tried, and most that do this have left.
      Channels.close(channel);
    } else {
      interim.probe(current, lane.coarseNow());
    }
  }

  @Override
  public void onTick(long now) {
    Exchange current = exchange;
    if (current != null) {
      if (inputEnded) {
        interim.probe(current, now);
      } else if (!channel.config().isAutoRead()) {
        interim.lookUnread(now);
      }
      current.onTick(now);
    }
    switch (deadlines.check(
        now,
        parts.connections().mayCloseIdle(now),
        exchange != null,
        tunnel != null,
        waitsForBody())) {
      case NONE -> {}
      case CLOSE -> {
        if (exchange == null && !lingering) {
          linger();
        } else {
          Channels.close(channel);
        }
      }
      case SLOW_HEAD -> {
        lane.requestHead().clear();
        refuseHead(Answers.SLOW_HEAD);
      }
      case SLOW_BODY -> slowBody();
    }
  }

  private boolean waitsForBody() {
    return exchange != null && !input.isBodyComplete() && channel.config().isAutoRead();
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
    Exchange current = exchange;
    exchange = null;
    tunnel = null;
    lingering = true;
    if (current != null) {
      current.cancel();
    }
    input.drop();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a failed write: the client is gone. A bug shows as a test that fails.
    Channels.close(channel);
  }
}
