package io.fleetserve.loadbalancer.endpoint;

import java.util.Comparator;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Whose turn it is among the waiting requests of one service, over all event loops: each takes a
/// ticket when it begins to wait, and of those that may go on now the first one does.
///
/// Thread-safe, lock-free but for the moment in which two tickets of the same client are drawn.
public final class HoldOrder {
  /*
   * Start-time fair queueing (Goyal, Vin, Cheng 1996) with requests of equal cost: the n-th waiting
   * request of a client belongs to the n-th round from now, and rounds go one after another. Requests
   * of one client keep their order; of several clients each gets a turn per round, however many
   * requests the others have waiting.
   */
  private static final Comparator<Ticket> ORDER =
      Comparator.comparingLong(Ticket::round).thenComparingLong(Ticket::number);

  private final AtomicLong next = new AtomicLong();
  private final AtomicLong round = new AtomicLong();
  private final ConcurrentHashMap<Long, Client> clients = new ConcurrentHashMap<>();
  private final ConcurrentSkipListSet<Ticket> ready = new ConcurrentSkipListSet<>(ORDER);

  /// A place in the order.
  ///
  /// @param number unique, higher than all drawn before
  /// @param lane event loop on which the request waits
  /// @param client hash of whom the request is for
  public record Ticket(long round, long number, int lane, long client) {}

  private record Client(int waiting, long lastRound) {}

  /// A place for a request that begins to wait; ends with [#ended].
  ///
  /// @param client hash of whom it is for
  public Ticket draw(int lane, long client) {
    Client now =
        clients.compute(
            client,
            (_, was) ->
                was == null
                    ? new Client(1, round.get())
                    : new Client(was.waiting + 1, Math.max(round.get(), was.lastRound + 1)));
    return new Ticket(now.lastRound, next.getAndIncrement(), lane, client);
  }

  /// The request waits no more.
  ///
  /// @param wentOn to a replica: its round has begun
  public void ended(Ticket ticket, boolean wentOn) {
    leave(ticket);
    if (wentOn) {
      round.accumulateAndGet(ticket.round, Math::max);
    }
    clients.computeIfPresent(
        ticket.client,
        (_, was) -> was.waiting == 1 ? null : new Client(was.waiting - 1, was.lastRound));
  }

  /// Requests of a client that wait.
  public int waiting(long client) {
    Client found = clients.get(client);
    return found == null ? 0 : found.waiting;
  }

  /// Clients with a request that waits.
  public int clients() {
    return clients.size();
  }

  /// The request may go on when it is its turn.
  public void enter(Ticket ticket) {
    ready.add(ticket);
  }

  /// The request holds nobody up any more.
  public void leave(Ticket ticket) {
    ready.remove(ticket);
  }

  /// Whose turn it is; null if nobody may go on.
  public @Nullable Ticket first() {
    Iterator<Ticket> all = ready.iterator();
    return all.hasNext() ? all.next() : null;
  }
}
