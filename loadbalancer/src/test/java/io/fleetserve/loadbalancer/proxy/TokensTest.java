package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.LoadReport.Tokens;
import io.fleetserve.testing.replica.FakeReplica;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Tokens are counted as answers tell them, and answers pass as they are.
final class TokensTest {
  private static final String COMPLETION =
      "{\"choices\": [], \"usage\": {\"prompt_tokens\": 20, \"completion_tokens\": 100}}";
  private static final String STREAM =
      """
      HTTP/1.1 200 OK
      Content-Type: text/event-stream
      Transfer-Encoding: chunked

      """
          .replace("\n", "\r\n");

  @Test
  void tokensOfAWholeAnswerAreCounted() {
    try (Bed bed = new Bed().countingTokens()) {
      replica(bed).script((request, to) -> to.answer(200, COMPLETION, json()));

      String answered = bed.send(post()).body();

      assertThat(answered).isEqualTo(COMPLETION);
      assertThat(bed.totals().tokens()).isEqualTo(new Tokens(20, 100, 1, 0));
    }
  }

  @Test
  void tokensOfAStreamAreCountedInWhateverPiecesItComes() {
    try (Bed bed = new Bed().countingTokens()) {
      String told = "data: {\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":11}}\n\n";
      replica(bed)
          .script((request, to) -> {
            to.send(STREAM + chunk("data: {\"usage\":null}\n\n"));
            String last = chunk(told);
            for (int at = 0; at < last.length(); at += 9) {
              to.send(last.substring(at, Math.min(last.length(), at + 9)));
            }
            to.send("0\r\n\r\n");
          });

      assertThat(bed.send(post()).body()).contains(told);
      assertThat(bed.totals().tokens()).isEqualTo(new Tokens(7, 11, 1, 0));
    }
  }

  @Test
  void streamAndCompressedAnswerThatTellNothingAreSilent() {
    try (Bed bed = new Bed().countingTokens()) {
      FakeReplica replica = replica(bed);
      replica.script(
          (request, to) -> to.send(STREAM + chunk("data: {\"choices\":[]}\n\n") + "0\r\n\r\n"));
      bed.send(post());
      replica.script((request, to) -> to.answer(200, "ok", json(), "Content-Encoding: gzip"));
      bed.send(post());

      assertThat(bed.totals().tokens()).isEqualTo(new Tokens(0, 0, 0, 2));
    }
  }

  @Test
  void answersThatCostNoTokensAreNeither() {
    try (Bed bed = new Bed().countingTokens()) {
      FakeReplica replica = replica(bed);
      replica.script((request, to) -> to.answer(200, "{\"data\": []}", json()));
      bed.get("/v1/models");
      bed.send(post());
      replica.script((request, to) -> to.answer(400, COMPLETION, json()));
      bed.send(post());
      replica.script((request, to) -> to.answer(200, COMPLETION, "Content-Type: text/html"));
      bed.send(post());

      assertThat(bed.totals().tokens()).isEqualTo(Tokens.NONE);
    }
  }

  @Test
  void nothingIsCountedWhereNobodyGoesByIt() {
    try (Bed bed = new Bed()) {
      replica(bed).script((request, to) -> to.answer(200, COMPLETION, json()));

      bed.send(post());

      assertThat(bed.totals().tokens()).isEqualTo(Tokens.NONE);
    }
  }

  private static FakeReplica replica(Bed bed) {
    return bed.replicas(1).getFirst();
  }

  private static String json() {
    return "Content-Type: application/json; charset=utf-8";
  }

  private static String post() {
    return "POST /v1/completions HTTP/1.1\r\nHost: svc\r\nContent-Length: 2\r\n\r\n{}";
  }

  private static String chunk(String data) {
    int length = data.getBytes(StandardCharsets.UTF_8).length;
    return Integer.toHexString(length) + "\r\n" + data + "\r\n";
  }
}
