package io.fleetserve.loadbalancer.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.loadbalancer.admission.Admission.Verdict;
import io.fleetserve.loadbalancer.endpoint.HoldOrder;
import io.fleetserve.loadbalancer.endpoint.HoldOrder.Ticket;
import io.fleetserve.loadbalancer.endpoint.PlaceTimes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A service of some places under several times the load it can take, in virtual time. Clients give
/// up after 30 s; an answer after that is work for nothing.
final class OverloadSimulationTest {
  private static final double SERVICE_SECONDS = 2;
  private static final int PLACES = 16;
  private static final double CAPACITY = PLACES / SERVICE_SECONDS;
  private static final double RUN_SECONDS = 600;
  private static final double PATIENCE_SECONDS = 30;
  private static final long LONGEST = Duration.ofSeconds(10).toNanos();

  private final HoldOrder order = new HoldOrder();
  private final PlaceTimes times = new PlaceTimes();
  private final Map<Ticket, Double> waiting = new HashMap<>();
  private final PriorityQueue<double[]> running =
      new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
  private final int[] good = new int[3];
  private final int[] arrived = new int[3];
  private int busy;
  private double longestWait;
  private Random random = new Random(0);

  /// Exponential times, or all equal.
  private double serviceTime(boolean exponential) {
    return exponential ? -Math.log(1 - random.nextDouble()) * SERVICE_SECONDS : SERVICE_SECONDS;
  }

  @ParameterizedTest
  @CsvSource({"4,true,1", "4,true,2", "4,false,3", "2,true,4", "20,true,5", "0.5,true,6"})
  void goodputStaysNearTheCapacity(double load, boolean exponential, long seed) {
    run(load, exponential, seed, 0);

    double possible = Math.min(1, load) * CAPACITY * RUN_SECONDS;
    assertThat(good[1]).isGreaterThan((int) (0.9 * possible));
    assertThat(longestWait).isLessThanOrEqualTo(10);
    if (load < 1) {
      assertThat(good[1]).isGreaterThan((int) (0.99 * arrived[1]));
    }
  }

  /// Client 2 asks for a tenth of the capacity, client 1 for four times all of it.
  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void modestClientIsServedBesideAGreedyOne(long seed) {
    run(4, true, seed, 0.1);

    assertThat(good[2]).isGreaterThan((int) (0.97 * arrived[2]));
    assertThat(good[1] + good[2]).isGreaterThan((int) (0.9 * CAPACITY * RUN_SECONDS));
  }

  private void run(double load, boolean exponential, long seed, double second) {
    random = new Random(seed);
    double rate = CAPACITY * (load + second);
    double now = 0;
    while (now < RUN_SECONDS) {
      now += -Math.log(1 - random.nextDouble()) / rate;
      while (!running.isEmpty() && running.element()[0] <= now) {
        end(running.remove(), exponential);
      }
      arrive(now, random.nextDouble() < second / (load + second) ? 2 : 1, exponential);
    }
  }

  private void arrive(double now, int client, boolean exponential) {
    arrived[client]++;
    if (busy < PLACES) {
      place(now, now, client, exponential);
      return;
    }
    int ofClient = order.waiting(client);
    int clients = order.clients() + (ofClient == 0 ? 1 : 0);
    Admission admission =
        new Admission(waiting.size(), ofClient, clients, PLACES, times.meanNanos());
    if (admission.judge(1000, LONGEST) == Verdict.WAITS) {
      Ticket ticket = order.draw(0, client);
      order.enter(ticket);
      waiting.put(ticket, now);
    }
  }

  private void place(double arrivedAt, double now, int client, boolean exponential) {
    busy++;
    double ends = now + serviceTime(exponential);
    running.add(new double[] {ends, now, arrivedAt, client});
    longestWait = Math.max(longestWait, now - arrivedAt);
  }

  private void end(double[] request, boolean exponential) {
    busy--;
    times.observe((long) ((request[0] - request[1]) * 1e9));
    if (request[0] - request[2] <= PATIENCE_SECONDS) {
      good[(int) request[3]]++;
    }
    Ticket next = order.first();
    while (next != null) {
      Double since = Objects.requireNonNull(waiting.remove(next));
      // Who waited too long was told so before.
      boolean inTime = request[0] - since <= LONGEST / 1e9;
      order.ended(next, inTime);
      if (inTime) {
        place(since, request[0], (int) next.client(), exponential);
        return;
      }
      next = order.first();
    }
  }
}
