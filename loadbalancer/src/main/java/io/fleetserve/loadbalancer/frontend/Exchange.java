package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.admission.HoldQueue.Entry.Refused;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.telemetry.ServiceStats;
import io.fleetserve.loadbalancer.upstream.ConnectListener;
import io.fleetserve.loadbalancer.upstream.Upstream;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
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
/// Counted at its replica from before anything is sent until [#leave], which every way out passes ([Attempts]).
/// What was read of it is in [OutgoingRequest], and goes as soon as it cannot be repeated any more.
final class Exchange implements ConnectListener {
  private enum State {
    NEW,
    HELD,
    CONNECTING,
    SENT,
    ANSWERING,
    DONE
  }

  private final LaneServices parts;
  private final Downstream client;
  private final Service service;
  private final ServiceStats stats;
  private final RequestFacts facts;
  private final OutgoingRequest request;
  private final RequestBody body;
  private final ExchangeLog log;
  private final Retries retries;
  private final Attempts attempts;
  private final Holding holding;
  private final TimeLimits limits;
  private final Upload upload;
  private State state = State.NEW;

  /// @param head encoded for replicas; owned from here on
  Exchange(
      LaneServices parts, Downstream client, Service service, RequestFacts facts, ByteBuf head) {
    this.parts = parts;
    this.client = client;
    this.service = service;
    this.stats = service.stats(parts.lane().index());
    this.log = new ExchangeLog(stats.traffic(), facts.trace());
    this.facts = facts;
    this.request = new OutgoingRequest(head, parts.settings().replayBytes());
    this.body = request.body();
    this.limits = new TimeLimits(parts.lane(), log.startedAt());
    this.retries = new Retries(service, facts, parts.settings());
    this.attempts = new Attempts(this, parts, client, service, request, retries);
    this.holding = new Holding(parts.holds(), service, log, this::resume, this::expire);
    this.upload = new Upload(body, client, attempts, holding, limits, log);
  }

  RequestFacts facts() {
    return facts;
  }

  /// The current attempt; null while there is none.
  @Nullable Relay relay() {
    return attempts.relay();
  }

  ExchangeLog log() {
    return log;
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
    return upload.isWanted();
  }

  /// Begins: everything read so far is valid.
  void start() {
    assert parts.lane().isConfined() && state == State.NEW;
    stats.arrived();
    if (service.isRemoved()) {
      answer(Answers.NO_SERVICE, "no_service");
      return;
    }
    // Where places are few, those that wait for one come first.
    boolean queued = service.route().isLimited() && service.held().get() > 0;
    Replica chosen = queued ? null : service.acquire(facts.session(), retries.avoid());
    if (chosen != null) {
      placeAt(chosen);
    } else {
      hold();
    }
  }

  /// Goes to a replica where this request was counted just now.
  private void placeAt(Replica chosen) {
    attempts.current().begin(chosen);
    log.placed(chosen.key());
    // A body that cannot be kept must not meet a connection that may be closed already.
    boolean fresh = facts.contentLength() > parts.settings().replayBytes();
    Upstream pooled =
        fresh && !chosen.isHttp2()
            ? null
            : parts.pool().take(chosen, retries.isRepeatable(), facts.isWebSocket());
    if (pooled != null) {
      send(pooled);
    } else {
      connect(chosen);
    }
  }

  private void connect(Replica to) {
    state = State.CONNECTING;
    parts.pool().connect(to, facts.isWebSocket(), this);
  }

  @Override
  public void onConnected(Upstream connection) {
    if (state == State.CONNECTING) {
      send(connection);
    } else {
      parts.pool().give(connection);
    }
  }

  @Override
  public void onConnectFailure(UpstreamFailure failure) {
    if (state == State.CONNECTING) {
      failed(null, failure);
    }
  }

  private void send(Upstream to) {
    state = State.SENT;
    long now = System.nanoTime();
    log.sent(now);
    limits.asked(now);
    progress();
    attempts.send(to, now);
    client.updateReading();
  }

  /// A piece of the body came; owned from here on.
  void onBody(ByteBuf piece) {
    upload.take(piece);
  }

  void onBodyComplete() {
    upload.complete(parts.lane().coarseNow());
  }

  /// The client sent all it has for now.
  void flushBody() {
    upload.flush();
  }

  /// Silence counts from here.
  void progress() {
    limits.progress();
  }

  private void hold() {
    Refused refused = holding.begin(facts.party(), body.buffered(), !retries.isUntried());
    if (refused != null) {
      stats.rejected();
      if (!holding.isForPlace()) {
        parts.urgency().report();
      }
      answer(Answers.of(refused), "rejected");
      return;
    }
    state = State.HELD;
    retries.avoidNone();
    if (service.route().ready() == 0) {
      parts.urgency().report();
    } else if (service.route().isLimited()) {
      // One may have become free since it was looked for.
      parts.holds().soon(service);
    }
    client.updateReading();
  }

  private void unhold(boolean wentOn) {
    holding.end(wentOn);
    state = State.NEW;
  }

  private boolean resume() {
    if (service.isRemoved()) {
      unhold(false);
      answer(Answers.NO_SERVICE, "no_service");
      return true;
    }
    if (!retries.takeBudget()) {
      // Those behind may be first attempts, which need no budget.
      return true;
    }
    Replica chosen = service.acquire(facts.session(), retries.avoid());
    if (chosen == null) {
      retries.giveBackBudget();
      return false;
    }
    unhold(true);
    placeAt(chosen);
    return true;
  }

  private void expire() {
    OwnAnswer why = holding.isForPlace() ? Answers.BUSY_TOO_LONG : Answers.WAITED_TOO_LONG;
    unhold(false);
    stats.rejected();
    answer(why, "rejected");
  }

  /// An attempt is over without a complete answer.
  ///
  /// @param by what was to get it; null while there was no connection
  void failed(@Nullable Relay by, UpstreamFailure failure) {
    if (attempts.failed(by, failure)) {
      return;
    }
    Relay was = attempts.takeRelay();
    long now = System.nanoTime();
    if (was != null
        && state == State.SENT
        && retries.takeStale(failure, was.upstream().isReused(), body.isKept(), now)) {
      connect(attempts.current().replica());
      return;
    }
    Replica at = attempts.current().replica();
    log.failed(failure, now);
    attempts.current().failed(failure, now);
    boolean answering = state == State.ANSWERING;
    leave();
    if (answering && was != null && !was.isUnsent()) {
      stats.failed();
      finish("upstream_failed", was.status());
      client.abort();
      return;
    }
    if (was != null) {
      was.drop();
    }
    if (!answering && retries.mayRepeat(failure, body.isKept())) {
      repeat(at, failure);
      return;
    }
    stats.failed();
    answer(Answers.of(failure), "upstream_failed");
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
    retries.avoid(failed);
    if (!retries.takeBudget()) {
      hold();
      return;
    }
    Replica other = service.acquire(facts.session(), retries.avoid());
    if (other != null) {
      placeAt(other);
      return;
    }
    retries.giveBackBudget();
    if (failure == UpstreamFailure.MALFORMED) {
      stats.failed();
      answer(Answers.INVALID, "upstream_failed");
    } else {
      hold();
    }
  }

  /// Looks at the time.
  void onTick(long now) {
    var rule = service.route().rule();
    switch (limits.check(rule, relay(), state == State.SENT, body.isComplete(), now)) {
      case NOTHING -> {}
      case REQUEST -> timeOut();
      case FIRST_BYTE -> cut(UpstreamFailure.LATE);
      case SILENCE -> cut(UpstreamFailure.SILENT);
    }
  }

  private void cut(UpstreamFailure why) {
    Relay to = relay();
    if (to != null) {
      to.upstream().abort();
      failed(to, why);
    }
  }

  private void timeOut() {
    Relay to = relay();
    int status = to == null || to.isUnsent() ? 0 : to.status();
    giveUp();
    stats.failed();
    if (status == 0) {
      answer(Answers.TOO_LATE, "upstream_failed");
    } else {
      finish("upstream_failed", status);
      client.abort();
    }
  }

  /// A final head came: the request cannot be repeated any more. False if it is not for the client,
  /// because another attempt may do better; then nothing more comes of it.
  ///
  /// @param failure the answer says that the replica is in trouble
  boolean answering(Relay by, boolean failure) {
    if (!attempts.answering(by, failure)) {
      return false;
    }
    state = State.ANSWERING;
    request.release();
    progress();
    stats.firstByte(log.firstByte());
    if (failure) {
      attempts.current().errorAnswer();
    } else {
      attempts.current().goodAnswer();
    }
    return true;
  }

  /// The answer is complete.
  void answered(Relay by, boolean failure) {
    attempts.current().complete(failure);
    leave();
    attempts.takeRelay();
    stats.completed(log.nanos());
    finish("ok", by.status());
  }

  /// The client is gone.
  void cancel() {
    if (state != State.DONE) {
      Relay to = relay();
      int status = to == null || to.isUnsent() ? 0 : to.status();
      giveUp();
      finish("client_gone", status);
    }
  }

  /// Answers without a replica, because the request turned out to be wrong.
  void refuse(OwnAnswer answer) {
    giveUp();
    answer(answer, "malformed");
  }

  /// Leaves the queue or the replicas, of which nothing was learnt.
  private void giveUp() {
    if (holding.isHeld()) {
      unhold(false);
    }
    retries.giveBackBudget();
    attempts.giveUp();
  }

  private void leave() {
    retries.giveBackBudget();
    attempts.current().leave();
  }

  private void answer(OwnAnswer answer, String outcome) {
    finish(outcome, answer.status());
    client.answer(answer, facts, body.isComplete());
  }

  private void finish(String outcome, int status) {
    state = State.DONE;
    request.release();
    log.write(parts.log(), service.name(), facts, status, outcome);
  }
}
