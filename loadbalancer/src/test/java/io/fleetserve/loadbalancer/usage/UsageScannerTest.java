package io.fleetserve.loadbalancer.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageScannerTest {
  private static final String ANSWER =
      """
      {"id": "x", "choices": [{"message": {"content": "of \\"usage\\": {\\"prompt_tokens\\": 9}"}}],
       "usage": {"prompt_tokens": 12, "prompt_tokens_details": {"completion_tokens": 7, "a": ["}"]},
                 "completion_tokens":340,"total_tokens":352, "cost": 0.25, "note": "}\\"{"}}
      """;

  @Test
  void numbersAreFoundHoweverTheAnswerIsCut() {
    for (long seed = 1; seed <= 2000; seed++) {
      UsageScanner scanner = new UsageScanner();
      read(scanner, ANSWER, new Random(seed));

      assertThat(scanner.hasTold()).as("seed %d", seed).isTrue();
      assertThat(scanner.prompt()).as("seed %d", seed).isEqualTo(12);
      assertThat(scanner.completion()).as("seed %d", seed).isEqualTo(340);
    }
  }

  /// The numbers so far, again and again.
  @Test
  void largestNumbersOfAStreamCount() {
    UsageScanner scanner = new UsageScanner();
    for (int tokens = 1; tokens <= 50; tokens++) {
      read(
          scanner,
          "data: {\"choices\": [], \"usage\":{\"prompt_tokens\":5,\"completion_tokens\":%d}}\n\n"
              .formatted(tokens),
          new Random(tokens));
      assertThat(scanner.completion()).isEqualTo(tokens);
    }
    read(scanner, "data: {\"usage\": null}\n\ndata: [DONE]\n\n", new Random(1));

    assertThat(scanner.prompt()).isEqualTo(5);
    assertThat(scanner.completion()).isEqualTo(50);
  }

  @Test
  void otherNamesOfTheSameNumbersAreKnown() {
    UsageScanner scanner = whole("{\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}");

    assertThat(scanner.prompt()).isEqualTo(3);
    assertThat(scanner.completion()).isEqualTo(4);
  }

  @Test
  void embeddingsHaveAPromptAlone() {
    UsageScanner scanner = whole("{\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}");

    assertThat(scanner.hasTold()).isTrue();
    assertThat(scanner.prompt()).isEqualTo(8);
    assertThat(scanner.completion()).isZero();
  }

  /// The first is a chunk of HTTP/1.1 that ends inside a number.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"usage\":{\"completion_tokens\":1\r\n4\r\n23}}",
        "{\"usage\":{\"completion_\r\n7\r\ntokens\":23}}",
        "{\"usage\":{\"completion_tokens\":1.5}}",
        "{\"usage\":{\"completion_tokens\":-15}}",
        "{\"usage\":{\"completion_tokens\":\"15\"}}",
        "{\"usage\":{\"completion_tokens\":15",
        "{\"usage\":[{\"completion_tokens\":15}]}",
        "{\"usage\":\"usage\",\"completion_tokens\":15}",
        "{\"usage\":{},\"completion_tokens\":15}",
        "{\"text\":\"\\\"usage\\\":{\\\"completion_tokens\\\":15}\"}",
        "{\"usage\" 15}",
      })
  void whatIsNoCountIsNotTakenForOne(String answer) {
    UsageScanner scanner = whole(answer);

    assertThat(scanner.hasTold()).isFalse();
    assertThat(scanner.completion()).isZero();
  }

  @Test
  void nextObjectIsFoundBehindABrokenOne() {
    UsageScanner scanner =
        whole("{\"usage\":\"usage\":{\"completion_tokens\":6}},\"usage\":{\"output_tokens\":2}");

    assertThat(scanner.completion()).isPositive();
  }

  @Test
  void objectWithoutAnEndIsGivenUp() {
    UsageScanner scanner =
        whole(
            "{\"usage\":{\"x\":\""
                + "y".repeat(5000)
                + "\",\"completion_tokens\":6}} {\"usage\":{\"completion_tokens\":7}}");

    assertThat(scanner.completion()).isEqualTo(7);
  }

  /// Pieces of an object before, between and behind bytes of any kind never break the search.
  @Test
  void rubbishIsPassedOver() {
    byte[] piecesOf = "\"usage\":{\"completion_tokens\":12}".getBytes(StandardCharsets.UTF_8);
    for (long seed = 1; seed <= 2000; seed++) {
      Random random = new Random(seed);
      UsageScanner scanner = new UsageScanner();
      for (int i = 0; i < 20; i++) {
        byte[] piece = new byte[random.nextInt(30)];
        random.nextBytes(piece);
        int from = random.nextInt(piecesOf.length);
        System.arraycopy(
            piecesOf, from, piece, 0, Math.min(piece.length, piecesOf.length - from) / 2);
        scanner.read(Unpooled.wrappedBuffer(piece));
      }
      // Whatever was open is closed or given up by now.
      scanner.read(Unpooled.wrappedBuffer(new byte[4100]));
      read(scanner, "{\"usage\":{\"prompt_tokens\":2000000}}", random);

      assertThat(scanner.prompt()).as("seed %d", seed).isEqualTo(2_000_000);
    }
  }

  private static UsageScanner whole(String text) {
    UsageScanner scanner = new UsageScanner();
    scanner.read(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    return scanner;
  }

  /// In pieces of 1 to 12 bytes, which are left as they are.
  private static void read(UsageScanner scanner, String text, Random random) {
    ByteBuf all = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    while (all.isReadable()) {
      ByteBuf piece = all.readSlice(Math.min(all.readableBytes(), 1 + random.nextInt(12)));
      int before = piece.readableBytes();
      scanner.read(piece);
      assertThat(piece.readableBytes()).isEqualTo(before);
    }
  }
}
