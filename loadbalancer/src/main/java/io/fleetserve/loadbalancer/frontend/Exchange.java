package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.admission.Waiter;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.telemetry.ServiceStats;
import io.fleetserve.loadbalancer.upstream.ConnectListener;
import io.fleetserve.loadbalancer.upstream.UpstreamConnection;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One request, from its head to the end of its answer. Confined to its lane.
///
///     NEW --place--> CONNECTING --connected--> SENT --final head--> ANSWERING --> DONE
///      |  \              ^  ^                   |  \--101--> (tunnel) ------------^
///      |   \             |  +-stale connection--+
///      |    +--> HELD ---+                      | failed, may be repeated
///      |          ^  \--- limits: 503           |
///      |          +---- no other replica <------+--> another replica
///
/// Counted at its replica from before anything is sent until [#leave], which every way out passes.
/// Owns the encoded head and, through [RequestBody], the body; both go as soon as the request
/// cannot be repeated any more.
final class Exchange implements Waiter, ConnectListener {
  private enum State {
    NEW,
    HELD,
    CONNECTING,
    SENT,
    ANSWERING,
    DONE
  }

  private static final long FIRST_PAUSE = 50_000_000;
  private static final long LONGEST_PAUSE = 1_000_000_000;

  private final LaneServices parts;
  private final Lane lane;
  private final ClientConnection client;
  private final Service service;
  private final ServiceStats stats;
  private final RequestFacts facts;
  private final RequestBody body;
  private final ExchangeLog log;
  private State state = State.NEW;
  private @Nullable ByteBuf head;
  private @Nullable Replica replica;
  private @Nullable Relay relay;
  private Set<Replica> avoid = Set.of();
  private boolean budgeted;
  private boolean staleRetried;
  private boolean continued;
  private int sends;
  private int holds;
  private long sentAt;
  private long heldSince;
  private long heldBytes;
  private long notBefore;
  private long lastProgress;

  /// @param head encoded for replicas; owned from here on
  Exchange(
      LaneServices parts,
      ClientConnection client,
      Service service,
      RequestFacts facts,
      ByteBuf head) {
    this.parts = parts;
    this.lane = parts.lane();
    this.client = client;
    this.service = service;
    this.stats = service.stats(lane.index());
    this.facts = facts;
    this.head = head;
    this.body = new RequestBody(parts.settings().replayBytes());
    this.log = new ExchangeLog();
  }

  RequestFacts facts() {
    return facts;
  }

  /// The current attempt; null while there is none.
  @Nullable Relay relay() {
    return relay;
  }

  ExchangeLog log() {
    return log;
  }

  Service service() {
    return service;
  }

  boolean isDone() {
    return state == State.DONE;
  }

  /// Whether the client may still hear that all is well: nothing of the final answer was sent.
  boolean isUnanswered() {
    return state != State.ANSWERING && state != State.DONE;
  }

  boolean hasWholeBody() {
    return body.isComplete();
  }

  /// Whether the client should go on sending the body.
  boolean wantsBody() {
    Relay to = relay;
    if (to != null) {
      return to.upstream().isWritable();
    }
    return !body.isFull()
        && (state != State.HELD
            || service.heldBytes().get() < service.route().rule().hold().maxBytes());
  }

  // ---- placing

  /// Begins: everything read so far is valid.
  void start() {
    assert lane.isConfined() && state == State.NEW;
    stats.arrived();
    if (service.isRemoved()) {
      answer(Answers.NO_SERVICE, "no_service");
      return;
    }
    Replica chosen = service.acquire(avoid);
    if (chosen != null) {
      placeAt(chosen);
    } else {
      hold();
    }
  }

  /// Goes to a replica where this request was counted just now.
  private void placeAt(Replica chosen) {
    replica = chosen;
    log.placed(chosen.key());
    stats.move(0, 1, System.nanoTime());
    // A body that cannot be kept must not meet a connection that may be closed already.
    boolean fresh = facts.contentLength() > parts.settings().replayBytes();
    UpstreamConnection pooled = fresh ? null : parts.pool().take(chosen);
    if (pooled != null) {
      send(pooled);
    } else {
      connect(chosen);
    }
  }

  private void connect(Replica to) {
    state = State.CONNECTING;
    parts.pool().connect(to, this);
  }

  @Override
  public void onConnected(UpstreamConnection connection) {
    if (state == State.CONNECTING) {
      send(connection);
    } else {
      parts.pool().give(connection);
    }
  }

  @Override
  public void onConnectFailure(UpstreamFailure failure) {
    if (state == State.CONNECTING) {
      failed(failure);
    }
  }

  private void send(UpstreamConnection to) {
    ByteBuf request = head;
    if (request == null) {
      throw new IllegalStateException("head was sent for good");
    }
    state = State.SENT;
    sends++;
    sentAt = System.nanoTime();
    progress();
    Relay answer = new Relay(this, client, to);
    relay = answer;
    to.begin(answer);
    to.write(request.retainedDuplicate());
    body.sendAll(to);
    to.flush();
    client.updateReading();
  }

  /// A piece of the body came; owned from here on.
  void onBody(ByteBuf piece) {
    log.in(piece.readableBytes());
    Relay to = relay;
    if (to != null) {
      progress();
      body.forward(piece, to.upstream(), client.allocator());
      return;
    }
    long before = body.buffered();
    body.add(piece, client.allocator());
    if (state == State.HELD) {
      long more = body.buffered() - before;
      heldBytes += more;
      service.heldBytes().addAndGet(more);
    }
  }

  void onBodyComplete() {
    body.complete();
    progress();
  }

  /// The client sent all it has for now.
  void flushBody() {
    Relay to = relay;
    if (to != null) {
      to.upstream().flush();
    }
  }

  /// Silence counts from here.
  void progress() {
    lastProgress = lane.coarseNow();
  }

  // ---- waiting

  private void hold() {
    heldSince = System.nanoTime();
    heldBytes = body.buffered();
    if (!parts.holds().add(service, this, heldBytes)) {
      stats.rejected();
      parts.urgency().report();
      answer(Answers.TOO_MANY_WAIT, "rejected");
      return;
    }
    state = State.HELD;
    notBefore = sends == 0 && holds == 0 && avoid.isEmpty() ? heldSince : heldSince + pause();
    holds++;
    avoid = Set.of();
    stats.move(1, 0, heldSince);
    if (service.route().ready() == 0) {
      parts.urgency().report();
    }
    client.updateReading();
  }

  private long pause() {
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(10, holds));
  }

  private void unhold() {
    long now = System.nanoTime();
    parts.holds().remove(service, this, heldBytes);
    stats.move(-1, 0, now);
    log.held(now - heldSince);
    heldBytes = 0;
    state = State.NEW;
  }

  @Override
  public long notBefore() {
    return notBefore;
  }

  @Override
  public long deadline() {
    return heldSince - log.heldNanos() + service.route().rule().hold().maxWaitMillis() * 1_000_000;
  }

  @Override
  public boolean resume() {
    if (service.isRemoved()) {
      unhold();
      answer(Answers.NO_SERVICE, "no_service");
      return true;
    }
    if (!takeBudget()) {
      // Those behind may be first attempts, which need no budget.
      return true;
    }
    Replica chosen = service.acquire(avoid);
    if (chosen == null) {
      giveBackBudget();
      return false;
    }
    unhold();
    placeAt(chosen);
    return true;
  }

  @Override
  public void expire() {
    unhold();
    stats.rejected();
    answer(Answers.WAITED_TOO_LONG, "rejected");
  }

  /// A request that a replica may have seen is sent again only within the service's budget.
  private boolean takeBudget() {
    if (sends > 0 && !budgeted) {
      budgeted = service.mayRetry();
      return budgeted;
    }
    return true;
  }

  private void giveBackBudget() {
    if (budgeted) {
      budgeted = false;
      service.retried();
    }
  }

  // ---- failing

  /// The current attempt is over without a complete answer.
  void failed(UpstreamFailure failure) {
    Relay was = relay;
    Replica at = replica;
    relay = null;
    if (at == null) {
      throw new IllegalStateException("failed without an attempt");
    }
    long now = System.nanoTime();
    if (was != null && isStale(failure, was, now)) {
      // Closed by the replica before the request arrived: as good as not sent.
      staleRetried = true;
      sends--;
      connect(at);
      return;
    }
    if (failure != UpstreamFailure.LOCAL) {
      service.failed(at, failure == UpstreamFailure.REFUSED, now);
    } else {
      service.unknown(at);
    }
    boolean answering = state == State.ANSWERING;
    leave();
    if (answering && was != null && !was.isUnsent()) {
      stats.failed();
      finish("upstream_failed", was.status());
      client.abort(was.endsWithConnection());
      return;
    }
    if (was != null) {
      was.drop();
    }
    if (!answering && mayRepeat(failure)) {
      repeat(at, failure);
      return;
    }
    stats.failed();
    answer(
        switch (failure) {
          case SILENT -> Answers.SILENT;
          case MALFORMED -> Answers.INVALID;
          case REFUSED, UNREACHABLE, LOCAL, CLOSED, BROKEN -> Answers.FAILED;
        },
        "upstream_failed");
  }

  private boolean isStale(UpstreamFailure failure, Relay was, long now) {
    return failure == UpstreamFailure.CLOSED
        && state == State.SENT
        && was.upstream().isReused()
        && !staleRetried
        && body.isKept()
        && now - sentAt < parts.settings().staleTime().toNanos();
  }

  private boolean mayRepeat(UpstreamFailure failure) {
    if (failure.isNotSent()) {
      return true;
    }
    var rule = service.route().rule().retry();
    return failure != UpstreamFailure.SILENT
        && body.isKept()
        && (facts.isIdempotent() || !rule.idempotentOnly())
        && sends < rule.attempts();
  }

  private void repeat(Replica failed, UpstreamFailure failure) {
    if (service.isRemoved()) {
      answer(Answers.NO_SERVICE, "no_service");
      return;
    }
    stats.retried();
    if (failure == UpstreamFailure.LOCAL) {
      hold();
      return;
    }
    Set<Replica> failedOnes = new HashSet<>(avoid);
    failedOnes.add(failed);
    avoid = failedOnes;
    if (!takeBudget()) {
      hold();
      return;
    }
    Replica other = service.acquire(avoid);
    if (other != null) {
      placeAt(other);
      return;
    }
    giveBackBudget();
    if (failure == UpstreamFailure.MALFORMED) {
      stats.failed();
      answer(Answers.INVALID, "upstream_failed");
    } else {
      hold();
    }
  }

  /// The replica said nothing for too long.
  private void silent(Relay to) {
    to.upstream().abort();
    failed(UpstreamFailure.SILENT);
  }

  /// Looks at the time.
  void onTick(long now) {
    Relay to = relay;
    if (to == null || to.isTunnel()) {
      return;
    }
    boolean waitsForClient =
        !to.upstream().isReading() || (!body.isComplete() && to.upstream().isWritable());
    long limit = service.route().rule().streamTimeoutMillis() * 1_000_000;
    if (waitsForClient) {
      progress();
    } else if (limit > 0 && now - lastProgress > limit) {
      silent(to);
    }
  }

  // ---- answering, called by the relay

  /// Whether an interim 100 is for the client: asked for, and the first.
  boolean takeContinue() {
    boolean wanted = facts.expectsContinue() && !continued;
    continued = true;
    return wanted;
  }

  /// The final head came: the request cannot be repeated any more.
  ///
  /// @param failure the answer says that the replica is in trouble
  void answering(boolean failure) {
    state = State.ANSWERING;
    releaseRequest();
    progress();
    stats.firstByte(log.firstByte());
    Replica at = replica;
    if (at != null && failure) {
      service.failed(at, false, System.nanoTime());
    } else if (at != null && service.succeeded(at)) {
      parts.urgency().resume(service);
    }
  }

  /// The answer is complete.
  void answered(Relay by, boolean failure) {
    Replica at = replica;
    if (at != null && !failure) {
      at.completed();
    }
    leave();
    relay = null;
    stats.completed(log.millis());
    finish("ok", by.status());
  }

  // ---- ending

  /// The client is gone.
  void cancel() {
    if (state == State.DONE) {
      return;
    }
    if (state == State.HELD) {
      unhold();
    }
    Relay to = relay;
    relay = null;
    int status = 0;
    if (to != null) {
      status = to.isUnsent() ? 0 : to.status();
      to.upstream().abort();
      to.drop();
    }
    Replica at = replica;
    boolean again = at != null && service.unknown(at);
    leave();
    finish("client_gone", status);
    if (again) {
      parts.urgency().resume(service);
    }
  }

  /// Ends the attempt and answers without a replica, because the request turned out to be wrong.
  void refuse(OwnAnswer answer) {
    Relay to = relay;
    relay = null;
    if (to != null) {
      to.upstream().abort();
      to.drop();
    }
    if (state == State.HELD) {
      unhold();
    }
    Replica at = replica;
    if (at != null) {
      service.unknown(at);
    }
    leave();
    answer(answer, "malformed");
  }

  private void leave() {
    Replica at = replica;
    replica = null;
    giveBackBudget();
    if (at == null) {
      return;
    }
    stats.move(0, -1, System.nanoTime());
    if (at.release() && (at.isDraining() || at.isRemoved())) {
      parts.urgency().report();
    }
  }

  private void answer(OwnAnswer answer, String outcome) {
    finish(outcome, answer.status());
    client.answer(answer, facts, body.isComplete());
  }

  private void finish(String outcome, int status) {
    state = State.DONE;
    releaseRequest();
    log.write(parts.log(), service.name(), facts, client.address(), status, outcome);
  }

  private void releaseRequest() {
    ByteBuf request = head;
    head = null;
    if (request != null) {
      request.release();
    }
    body.forget();
  }
}
