package io.fleetserve.loadbalancer.usage;

import io.fleetserve.loadbalancer.http.Octets;
import java.util.Arrays;

/// Reads one `usage` object byte by byte, from behind its name. Confined to one event loop.
///
/// ```
/// COLON -> OPEN -> NAME_OR_END -> NAME -> NAME_END -> VALUE -> NUMBER  -> NEXT -> NAME_OR_END ...
///                       |                               |---> SKIPPED -> NEXT
///                       +-> whole                                          +-> whole
/// ```
///
/// Numbers under other names, and whatever is not a number, are passed over.
final class UsageObject {
  private static final int LONGEST = 4096;
  private static final int LONGEST_NAME = 32;
  private static final long MOST = 1_000_000_000;

  private static final byte[][] PROMPT = {
    Octets.ascii("prompt_tokens"), Octets.ascii("input_tokens")
  };
  private static final byte[][] COMPLETION = {
    Octets.ascii("completion_tokens"), Octets.ascii("output_tokens")
  };

  /// How far the object is read.
  enum Progress {
    MORE,
    /// The last byte closed it.
    WHOLE,
    /// It is none, or broken; the last byte does not belong to it.
    GIVEN_UP
  }

  private enum State {
    COLON,
    OPEN,
    NAME_OR_END,
    NAME,
    NAME_END,
    VALUE,
    NUMBER,
    SKIPPED,
    NEXT
  }

  private final byte[] name = new byte[LONGEST_NAME];
  private State state = State.COLON;
  private int nameLength;
  private int length;
  private long number;
  private int depth;
  private boolean inText;
  private boolean escaped;
  private long prompt = -1;
  private long completion = -1;

  /// 0 when it was not told.
  long prompt() {
    return Math.max(0, prompt);
  }

  /// 0 when it was not told.
  long completion() {
    return Math.max(0, completion);
  }

  boolean hasTold() {
    return prompt >= 0 || completion >= 0;
  }

  Progress read(byte b) {
    if (++length > LONGEST) {
      return Progress.GIVEN_UP;
    }
    boolean blank = !inText && state != State.NAME && isBlank(b);
    if (blank && state != State.NUMBER && state != State.SKIPPED) {
      return Progress.MORE;
    }
    return switch (state) {
      case COLON -> only(b == ':', State.OPEN);
      case OPEN -> only(b == '{', State.NAME_OR_END);
      case NAME_OR_END -> b == '}' ? Progress.WHOLE : beginName(b);
      case NAME -> name(b);
      case NAME_END -> only(b == ':', State.VALUE);
      case VALUE -> value(b);
      case NUMBER -> number(b);
      case SKIPPED -> skipped(b);
      case NEXT -> next(b);
    };
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private Progress only(boolean right, State then) {
    state = then;
    return right ? Progress.MORE : Progress.GIVEN_UP;
  }

  private Progress beginName(byte b) {
    nameLength = 0;
    return only(b == '"', State.NAME);
  }

  private Progress name(byte b) {
    if (b == '"') {
      state = State.NAME_END;
    } else if (b == '\\' || (b >= 0 && b < ' ')) {
      return Progress.GIVEN_UP;
    } else if (nameLength < LONGEST_NAME) {
      name[nameLength++] = b;
    }
    return Progress.MORE;
  }

  private Progress value(byte b) {
    if (isDigit(b)) {
      number = digit(b);
      state = State.NUMBER;
      return Progress.MORE;
    }
    depth = 0;
    state = State.SKIPPED;
    return skipped(b);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static long digit(byte b) {
    return b - (long) '0';
  }

  private Progress number(byte b) {
    if (isDigit(b)) {
      number = Math.min(MOST, number * 10 + digit(b));
      return Progress.MORE;
    }
    if (!isBlank(b) && b != ',' && b != '}') {
      // A fraction or an exponent: no count of anything.
      state = State.SKIPPED;
      return skipped(b);
    }
    if (isName(PROMPT)) {
      prompt = number;
    } else if (isName(COMPLETION)) {
      completion = number;
    }
    state = State.NEXT;
    return isBlank(b) ? Progress.MORE : next(b);
  }

  private boolean isName(byte[][] names) {
    for (byte[] one : names) {
      if (Arrays.equals(name, 0, nameLength, one, 0, one.length)) {
        return true;
      }
    }
    return false;
  }

  /// Inside a value that does not count.
  private Progress skipped(byte b) {
    if (inText) {
      inText = escaped || b != '"';
      escaped = !escaped && b == '\\';
      return b >= 0 && b < ' ' ? Progress.GIVEN_UP : Progress.MORE;
    }
    switch (b) {
      case '"' -> inText = true;
      case '{', '[' -> depth++;
      case '}', ']' -> {
        if (depth == 0) {
          return next(b);
        }
        depth--;
      }
      case ',' -> {
        if (depth == 0) {
          return next(b);
        }
      }
      default -> {}
    }
    return Progress.MORE;
  }

  private Progress next(byte b) {
    if (b == '}') {
      return Progress.WHOLE;
    }
    return only(b == ',', State.NAME_OR_END);
  }
}
