package io.fleetserve.examples.tinyllm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestReaderTest {
  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

  private final RequestReader reader = new RequestReader("tiny-llm");

  @Test
  void chatHasDefaultsForAllButTheMessages() {
    CompletionRequest request = reader.chat(bytes("{" + HI + "}"));

    assertThat(request)
        .isEqualTo(
            new CompletionRequest(
                new CompletionRequest.Conversation(List.of(new Message("user", "Hi"))),
                "tiny-llm",
                OptionalInt.empty(),
                new Sampling(0.8, 1, OptionalInt.empty(), List.of()),
                false,
                false));
  }

  @Test
  void chatTakesEveryParameter() {
    String body =
        """
        {"model":"any","max_tokens":5,"temperature":0,"top_p":0.5,"seed":7,"stop":["a","b"],
         "n":1,"stream":true,"stream_options":{"include_usage":true},"user":"someone",%s}
        """
            .formatted(HI);

    CompletionRequest request = reader.chat(bytes(body));

    assertThat(request.model()).isEqualTo("any");
    assertThat(request.maxTokens()).hasValue(5);
    assertThat(request.sampling())
        .isEqualTo(new Sampling(0, 0.5, OptionalInt.of(7), List.of("a", "b")));
    assertThat(request.stream()).isTrue();
    assertThat(request.includeUsage()).isTrue();
  }

  @Test
  void newNameOfTheTokenLimitWins() {
    String body = "{\"max_tokens\":5,\"max_completion_tokens\":6," + HI + "}";

    assertThat(reader.chat(bytes(body)).maxTokens()).hasValue(6);
  }

  @Test
  void textPartsAreJoined() {
    String body =
        """
        {"messages":[{"role":"developer","content":"Be kind."},
         {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}
        """;

    assertThat(reader.chat(bytes(body)).input())
        .isEqualTo(
            new CompletionRequest.Conversation(
                List.of(new Message("system", "Be kind."), new Message("user", "ab"))));
  }

  @Test
  void textIsLimitedTo16TokensUnlessToldOtherwise() {
    CompletionRequest request = reader.text(bytes("{\"prompt\":[\"Once\"],\"max_tokens\":null}"));

    assertThat(request.input()).isEqualTo(new CompletionRequest.Text("Once"));
    assertThat(request.maxTokens()).hasValue(16);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"messages\":\"nonsense\"}|messages",
        "{\"messages\":[]}|messages",
        "{}|messages",
        "{\"messages\":[{\"role\":\"king\",\"content\":\"x\"}]}|messages[0]",
        "{\"messages\":[{\"role\":\"user\",\"content\":7}]}|messages[0].content",
        "{\"n\":2,HI}|n",
        "{\"temperature\":3,HI}|temperature",
        "{\"temperature\":\"hot\",HI}|temperature",
        "{\"max_tokens\":0,HI}|max_tokens",
        "{\"max_tokens\":1.5,HI}|max_tokens",
        "{\"max_tokens\":99999999999,HI}|max_tokens",
        "{\"stream\":\"yes\",HI}|stream",
        "{\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"],HI}|stop",
        "{\"stop\":\"\",HI}|stop",
        "{\"seed\":\"x\",HI}|seed",
      })
  void refusalNamesTheParameter(String body, String param) {
    ApiError error =
        catchThrowableOfType(ApiError.class, () -> reader.chat(bytes(body.replace("HI", HI))));

    assertThat(error.status()).isEqualTo(400);
    assertThat(error.json().at("/error/param").asString()).isEqualTo(param);
    assertThat(error.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
  }

  @ParameterizedTest
  @CsvSource({"{", "[]", "''"})
  void whatIsNoJsonObjectIsRefused(String body) {
    ApiError error = catchThrowableOfType(ApiError.class, () -> reader.chat(bytes(body)));

    assertThat(error.status()).isEqualTo(400);
    assertThat(error.json().at("/error/param").isNull()).isTrue();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
