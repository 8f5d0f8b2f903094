package io.fleetserve.loadbalancer.lane;

import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.http.RequestIds;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.telemetry.Buckets;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One event loop with the state that only it touches: parsers, scratch memory, a coarse clock, and
/// the list of what has deadlines. A request lives on one lane from its first byte to its last.
///
/// Confined to its event loop, except [#index], [#loop], [#headLimits] and [#isConfined].
public final class Lane {
  /// Time between two looks at the deadlines.
  public static final Duration TICK = Duration.ofMillis(100);

  private final int index;
  private final EventLoop loop;
  private final HeadLimits headLimits;
  private final byte[] scratch;
  private final RequestHead requestHead;
  private final ResponseHead responseHead = new ResponseHead();
  private final RequestIds requestIds = new RequestIds();
  private final LinkedHashSet<Timed> timed = new LinkedHashSet<>();
  private final Buckets lag = new Buckets();
  private long now = System.nanoTime();

  /// @param index from 0, unique among the lanes
  /// @param headLimits of requests
  public Lane(int index, EventLoop loop, HeadLimits headLimits) {
    this.index = index;
    this.loop = loop;
    this.headLimits = headLimits;
    scratch = new byte[Math.max(headLimits.bytes(), HeadLimits.DEFAULT.bytes()) + 64];
    requestHead = new RequestHead(headLimits);
  }

  /// Starts the clock. Callable from any thread, once.
  public void start() {
    var _ =
        loop.scheduleWithFixedDelay(
            this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tick() {
    long expected = now + TICK.toNanos();
    now = System.nanoTime();
    lag.record(now - expected);
    for (Timed each : List.copyOf(timed)) {
      each.onTick(now);
    }
  }

  /// How late the ticks came: the time for which a request may have to wait here.
  public Buckets lag() {
    return lag;
  }

  public int index() {
    return index;
  }

  public EventLoop loop() {
    return loop;
  }

  /// Whether the current thread is this lane's.
  public boolean isConfined() {
    return loop.inEventLoop();
  }

  /// Monotonic nanoseconds as of the last tick: cheap, up to one tick late.
  public long coarseNow() {
    return now;
  }

  /// Looks at `each` from the next tick on.
  public void add(Timed each) {
    timed.add(each);
  }

  public void remove(Timed each) {
    timed.remove(each);
  }

  /// How large heads of requests may be.
  public HeadLimits headLimits() {
    return headLimits;
  }

  /// Memory for one head while it is parsed and re-written.
  public byte[] scratch() {
    return scratch;
  }

  /// The parser of request heads; its content is valid until the next parse.
  public RequestHead requestHead() {
    return requestHead;
  }

  /// The parser of response heads; its content is valid until the next parse.
  public ResponseHead responseHead() {
    return responseHead;
  }

  public RequestIds requestIds() {
    return requestIds;
  }
}
