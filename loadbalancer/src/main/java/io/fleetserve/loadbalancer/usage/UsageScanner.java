package io.fleetserve.loadbalancer.usage;

import io.fleetserve.loadbalancer.http.Octets;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds the `usage` objects in the body of an answer while it passes, in whatever pieces. Confined
/// to one event loop.
///
/// ```
/// {"choices": [...], "usage": {"prompt_tokens": 12, "completion_tokens": 34, ...}}
/// data: {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 34, ...}}
/// ```
///
/// Nothing is kept but six bytes between two pieces, and nothing but such an object is parsed:
/// Horspool's search looks at about every fifth byte for `"usage"`, in half a kilobyte at a time.
/// Quotes inside a JSON string are escaped, so the text of an answer cannot look like it. Where
/// several objects tell (a stream may repeat what it has cost so far) the largest numbers count.
///
/// What breaks the object apart, such as a chunk of HTTP/1.1 that ends inside a number, is no JSON
/// any more: the object is given up, never misread.
///
/// Reference: R. N. Horspool, *Practical fast searching in strings*, 1980.
public final class UsageScanner {
  private static final byte[] NAME = Octets.ascii("\"usage\"");
  private static final int LAST = NAME.length - 1;
  private static final byte[] SKIPS = skips();
  private static final int SEEN = 512;

  /// What is looked at now: the end of what was seen before, and behind it what is new.
  private final byte[] seen = new byte[SEEN];

  private int kept;
  private @Nullable UsageObject object;
  private long prompt;
  private long completion;
  private boolean told;

  private static byte[] skips() {
    byte[] skips = new byte[256];
    Arrays.fill(skips, (byte) NAME.length);
    for (int i = 0; i < LAST; i++) {
      skips[NAME[i]] = (byte) (LAST - i);
    }
    return skips;
  }

  /// Tokens that the model read, as far as was told.
  public long prompt() {
    return prompt;
  }

  /// Tokens that the model wrote, as far as was told.
  public long completion() {
    return completion;
  }

  /// Whether any number of tokens was told.
  public boolean hasTold() {
    return told;
  }

  /// Looks through the next piece, which stays as it is.
  public void read(ByteBuf piece) {
    int from = piece.readerIndex();
    int end = piece.writerIndex();
    while (from < end) {
      // An array is looked through several times as fast as a buffer, the copy included.
      int fresh = Math.min(end - from, SEEN - kept);
      piece.getBytes(from, seen, kept, fresh);
      look(kept + fresh);
      from += fresh;
    }
  }

  private void look(int end) {
    int at = object == null ? 0 : kept;
    while (at < end) {
      at = object == null ? search(at, end) : parse(at, end);
    }
    // Unless an object is open, the end may be the beginning of a name.
    int rest = object == null ? Math.min(LAST, end) : 0;
    System.arraycopy(seen, end - rest, seen, 0, rest);
    kept = rest;
  }

  /// The index behind the next name, or the end.
  private int search(int from, int end) {
    int at = from + LAST;
    while (at < end) {
      byte last = seen[at];
      if (last == '"' && Arrays.equals(seen, at - LAST, at, NAME, 0, LAST)) {
        object = new UsageObject();
        return at + 1;
      }
      at += SKIPS[last & 0xff];
    }
    return end;
  }

  private int parse(int from, int end) {
    UsageObject reading = Objects.requireNonNull(object);
    for (int at = from; at < end; at++) {
      switch (reading.read(seen[at])) {
        case MORE -> {}
        case WHOLE -> {
          object = null;
          told |= reading.hasTold();
          prompt = Math.max(prompt, reading.prompt());
          completion = Math.max(completion, reading.completion());
          return at + 1;
        }
        case GIVEN_UP -> {
          // What ended it may be the beginning of something.
          object = null;
          return at;
        }
      }
    }
    return end;
  }
}
