package io.fleetserve.examples.tinyllm;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Says the words of its prompt, one a token, up to the limit; a prompt of `wait` waits for
/// [#release] or cancellation first. Thread-safe.
final class FakeEngine implements Engine {
  private final CountDownLatch released = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);

  void release() {
    released.countDown();
  }

  /// A generation noticed that it was cancelled.
  boolean sawCancel() {
    return cancelled.getCount() == 0;
  }

  @Override
  public int contextTokens() {
    return 10;
  }

  @Override
  public int countTokens(String prompt) {
    return words(prompt).size();
  }

  @Override
  public String template(List<Message> messages) {
    return messages.getLast().content();
  }

  @Override
  public Outcome generate(
      String prompt,
      int maxTokens,
      Sampling sampling,
      Consumer<String> pieces,
      BooleanSupplier stop) {
    if (prompt.equals("broken")) {
      throw new IllegalStateException("broken");
    }
    if (prompt.equals("wait")) {
      awaitRelease(stop);
    }
    int count = 0;
    for (String word : words(prompt)) {
      if (count == maxTokens) {
        return new Outcome(count, true);
      }
      pieces.accept(word + " ");
      count++;
    }
    return new Outcome(count, false);
  }

  private static List<String> words(String prompt) {
    return List.of(prompt.split(" ", -1));
  }

  private void awaitRelease(BooleanSupplier stop) {
    try {
      while (!released.await(5, TimeUnit.MILLISECONDS)) {
        if (stop.getAsBoolean()) {
          cancelled.countDown();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
