package io.fleetserve.loadbalancer.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.api.wire.ServiceRoute.RetryRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.admission.HoldQueue.Entry.Waiting;
import io.fleetserve.loadbalancer.endpoint.HoldOrder.Ticket;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.Transport;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The order of waiting requests over three lanes.
final class HoldQueueTest {
  private static final int LANES = 3;

  private final Transport transport = Transport.of(TransportKind.NIO, LANES);
  private final List<Lane> lanes = new ArrayList<>();
  private final List<HoldQueue> queues = new ArrayList<>();
  private final List<Integer> went = new CopyOnWriteArrayList<>();
  private final AtomicInteger places = new AtomicInteger();
  private final Service service = service();

  HoldQueueTest() {
    for (EventExecutor loop : transport.group()) {
      Lane lane = new Lane(lanes.size(), (EventLoop) loop, HeadLimits.DEFAULT);
      lanes.add(lane);
      queues.add(
          new HoldQueue(
              lane, (which, to) -> lanes.get(to).loop().execute(() -> queues.get(to).goOn(which))));
    }
  }

  @AfterEach
  void stop() {
    transport.close();
  }

  private static Service service() {
    Routing routing = new Routing(LANES);
    ServiceRoute route =
        new ServiceRoute(
            "svc",
            1,
            0,
            List.of(),
            "least_load",
            Map.of(),
            0,
            new HoldLimits(10_000, 10_000, 1 << 20),
            new RetryRule(3, 0.2, true),
            OutlierRule.DEFAULT,
            RoutingRule.DEFAULT,
            ProtectionRule.DEFAULT,
            List.of(),
            "test",
            0);
    routing.apply(new EndpointSnapshot("i", 1, true, List.of(route)));
    return Objects.requireNonNull(routing.table().byName().get("svc"));
  }

  /// A request that goes on when there is a place for it.
  private final class Request implements Waiter {
    private final int name;
    private final int lane;
    private final long notBefore;
    private @Nullable Ticket ticket;

    Request(int name, int lane, long notBefore) {
      this(name, lane, notBefore, 1);
    }

    Request(int name, int lane, long notBefore, long client) {
      this.name = name;
      this.lane = lane;
      this.notBefore = notBefore;
      onLane(
          lane,
          () -> {
            if (queues.get(lane).add(service, this, client, 0) instanceof Waiting waiting) {
              ticket = waiting.ticket();
            }
          });
    }

    Ticket ticket() {
      return Objects.requireNonNull(ticket);
    }

    @Override
    public long notBefore() {
      return notBefore;
    }

    @Override
    public long deadline() {
      return Long.MAX_VALUE;
    }

    @Override
    public boolean resume() {
      if (places.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
        return false;
      }
      went.add(name);
      queues.get(lane).remove(service, ticket(), 0, true);
      return true;
    }

    @Override
    public void expire() {
      throw new AssertionError("never too late");
    }
  }

  private void onLane(int lane, Runnable task) {
    lanes.get(lane).loop().submit(task).syncUninterruptibly();
  }

  private void placesFor(int count) {
    places.set(count);
    for (int lane = 0; lane < LANES; lane++) {
      int at = lane;
      lanes.get(lane).loop().execute(() -> queues.get(at).resume(service, true));
    }
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void requestsOfAllLanesGoOnInTheOrderInWhichTheyCame() {
    Random random = new Random(7);
    for (int i = 0; i < 600; i++) {
      new Request(i, random.nextInt(LANES), System.nanoTime());
    }

    placesFor(250);
    await().until(() -> went.size() == 250);
    assertThat(went).isEqualTo(numbers(0, 250));

    placesFor(1000);
    await().until(() -> service.held().get() == 0);
    assertThat(went).isEqualTo(numbers(0, 600));
    assertThat(service.holdOrder().first()).isNull();
  }

  @Test
  void requestThatPausesHoldsNobodyUpAndKeepsItsPlace() {
    long later = System.nanoTime() + 3_600_000_000_000L;
    new Request(0, 0, later);
    new Request(1, 1, System.nanoTime());
    new Request(2, 0, System.nanoTime());
    places.set(1);
    onLane(1, () -> queues.get(1).resume(service, false));
    await().until(() -> went.size() == 1);
    assertThat(went).containsExactly(1);

    // A change of the endpoints ends the pause.
    onLane(0, () -> queues.get(0).resume(service, true));
    placesFor(10);
    await().until(() -> went.size() == 3);
    assertThat(went).containsExactly(1, 0, 2);
  }

  @Test
  void clientsTakeTurnsHoweverManyRequestsOneOfThemHas() {
    Random random = new Random(11);
    for (int i = 0; i < 300; i++) {
      new Request(i, random.nextInt(LANES), System.nanoTime(), 1);
    }
    for (int i = 0; i < 30; i++) {
      new Request(1000 + i, random.nextInt(LANES), System.nanoTime(), 2);
      new Request(2000 + i, random.nextInt(LANES), System.nanoTime(), 3);
    }

    placesFor(90);
    await().until(() -> went.size() == 90);

    assertThat(went.stream().filter(name -> name < 1000).toList()).isEqualTo(numbers(0, 30));
    assertThat(went.stream().filter(name -> name >= 1000 && name < 2000).toList())
        .isEqualTo(numbers(1000, 1030));
    assertThat(went.stream().filter(name -> name >= 2000).toList()).isEqualTo(numbers(2000, 2030));
    placesFor(1000);
    await().until(() -> service.held().get() == 0);
    assertThat(service.holdOrder().clients()).isZero();
  }

  @Test
  void requestWhoseClientLeftHoldsNobodyUp() {
    Request gone = new Request(0, 0, System.nanoTime());
    new Request(1, 1, System.nanoTime());
    onLane(0, () -> queues.get(0).remove(service, gone.ticket(), 0, false));

    placesFor(10);

    await().until(() -> service.held().get() == 0);
    assertThat(went).containsExactly(1);
  }
}
