package io.fleetserve.controller.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.api.wire.ServiceRoute;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class EndpointPublisherTest {
  private final AtomicLong counter = new AtomicLong();
  private final AtomicBoolean full = new AtomicBoolean();

  private long reserve(long count) {
    if (full.get()) {
      throw new IllegalStateException("disk full");
    }
    return counter.getAndAdd(count);
  }

  @Test
  void aSubscriberGetsTheSnapshotThenDeltasThatFollowEachOther() throws Exception {
    EndpointPublisher publisher = new EndpointPublisher("i", this::reserve);
    publisher.publish(route("a", 1));
    publisher.complete();

    try (Subscription<EndpointUpdate> subscription = publisher.subscribe()) {
      publisher.publish(route("b", 1));
      publisher.publish(route("b", 1));
      publisher.remove("a");

      var snapshot = ((EndpointUpdate.Full) next(subscription)).snapshot();
      var added = ((EndpointUpdate.Change) next(subscription)).delta();
      var removed = ((EndpointUpdate.Change) next(subscription)).delta();
      assertThat(snapshot.complete()).isTrue();
      assertThat(snapshot.services()).containsExactly(route("a", 1));
      assertThat(added.baseGeneration()).isEqualTo(snapshot.generation());
      assertThat(added.upserts()).containsExactly(route("b", 1));
      assertThat(removed.baseGeneration()).isEqualTo(added.generation());
      assertThat(removed.removed()).containsExactly("a");
      assertThat(subscription.next(Duration.ZERO)).as("an equal route is no change").isEmpty();
    }
  }

  @Test
  void nothingIsToBeActedOnUntilComplete() throws Exception {
    EndpointPublisher publisher = new EndpointPublisher("i", this::reserve);
    try (Subscription<EndpointUpdate> subscription = publisher.subscribe()) {
      publisher.publish(route("a", 1));
      publisher.complete();

      assertThat(((EndpointUpdate.Full) next(subscription)).snapshot().complete()).isFalse();
      var second = ((EndpointUpdate.Full) next(subscription)).snapshot();
      assertThat(second.complete()).isTrue();
      assertThat(second.services()).hasSize(1);
    }
  }

  @Test
  void generationsGoOnBehindEverythingThatWasReserved() {
    EndpointPublisher first = new EndpointPublisher("i", this::reserve);
    for (int i = 0; i < 3000; i++) {
      first.publish(route("a", i));
    }

    EndpointPublisher second = new EndpointPublisher("i", this::reserve);

    assertThat(second.snapshot().generation()).isGreaterThan(first.snapshot().generation());
  }

  @Test
  void aFullDiskStopsNothingForHundredsOfChangesAndNeverRepeatsANumber() {
    EndpointPublisher publisher = new EndpointPublisher("i", this::reserve);
    full.set(true);
    for (int i = 0; i < 500; i++) {
      publisher.publish(route("a", i));
    }
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2000; i++) {
                publisher.publish(route("a", 1000 + i));
              }
            })
        .hasMessage("disk full");
    long last = publisher.snapshot().generation();

    full.set(false);
    publisher.publish(route("a", 5000));

    assertThat(publisher.snapshot().generation()).isGreaterThan(last);
    assertThat(counter.get()).isGreaterThanOrEqualTo(publisher.snapshot().generation());
  }

  @Test
  void aSubscriberThatDoesNotReadIsDropped() {
    EndpointPublisher publisher = new EndpointPublisher("i", this::reserve);
    publisher.complete();
    try (Subscription<EndpointUpdate> subscription = publisher.subscribe()) {
      for (int i = 0; i < 1100; i++) {
        publisher.publish(route("a", i));
      }

      assertThat(subscription.isClosed()).isTrue();
    }
  }

  private static EndpointUpdate next(Subscription<EndpointUpdate> subscription)
      throws InterruptedException {
    return subscription.next(Duration.ofSeconds(5)).orElseThrow();
  }

  private static ServiceRoute route(String service, int wanted) {
    return new ServiceRoute(
        service,
        1,
        30001,
        List.of(service),
        "least_load",
        Map.of(),
        60_000,
        new ServiceRoute.HoldLimits(1000, 10, 1000),
        new ServiceRoute.RetryRule(3, 0.2, true),
        ServiceRoute.OutlierRule.DEFAULT,
        ServiceRoute.RoutingRule.DEFAULT,
        ServiceRoute.ProtectionRule.DEFAULT,
        List.of(),
        "none yet",
        wanted);
  }
}
