package io.fleetserve.examples.tinyllm;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/// Answers one request on a slot's thread. [#cancel] may come from any thread, at any time.
final class CompletionJob implements Runnable {
  private final CompletionRequest request;
  private final Engine engine;
  private final ReplyWriter reply;
  private final ServerMetrics metrics;
  private final InstantSource clock;
  private volatile boolean cancelled;

  CompletionJob(
      CompletionRequest request,
      Engine engine,
      ReplyWriter reply,
      ServerMetrics metrics,
      InstantSource clock) {
    this.request = request;
    this.engine = engine;
    this.reply = reply;
    this.metrics = metrics;
    this.clock = clock;
  }

  /// The client left: end the work, answer nothing more.
  void cancel() {
    cancelled = true;
  }

  @Override
  public void run() {
    if (cancelled) {
      return;
    }
    try {
      answer();
    } catch (ApiError e) {
      reply.fail(e);
    } catch (RuntimeException e) {
      reply.fail(ApiError.internal(e));
    }
  }

  private void answer() {
    boolean chat = request.input() instanceof CompletionRequest.Conversation;
    String prompt =
        switch (request.input()) {
          case CompletionRequest.Conversation talk -> engine.template(talk.messages());
          case CompletionRequest.Text text -> text.prompt();
        };
    int promptTokens = engine.countTokens(prompt);
    int room = engine.contextTokens() - promptTokens;
    if (room < 1) {
      throw ApiError.tooLong(chat ? "messages" : "prompt", promptTokens, engine.contextTokens());
    }
    int limit = Math.min(request.maxTokens().orElse(room), room);
    Instant start = clock.instant();
    Replies replies =
        new Replies(
            chat,
            (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID(),
            request.model(),
            start.getEpochSecond(),
            request.stream() && request.includeUsage());

    StringBuilder whole = new StringBuilder();
    boolean[] opened = {false};
    Engine.Outcome outcome =
        engine.generate(
            prompt,
            limit,
            request.sampling(),
            piece -> {
              if (request.stream()) {
                open(replies, opened);
                reply.event(replies.piece(piece));
              } else {
                whole.append(piece);
              }
            },
            () -> cancelled);
    metrics.generated(promptTokens, outcome.tokens(), Duration.between(start, clock.instant()));
    if (cancelled) {
      return;
    }
    Replies.Usage usage =
        new Replies.Usage(
            promptTokens, outcome.tokens(), outcome.limitReached() ? "length" : "stop");
    if (request.stream()) {
      open(replies, opened);
      reply.event(replies.closing(usage));
      if (request.includeUsage()) {
        reply.event(replies.usage(usage));
      }
      reply.done();
    } else {
      reply.whole(replies.whole(whole.toString(), usage));
    }
  }

  private void open(Replies replies, boolean[] opened) {
    if (!opened[0] && replies.chat()) {
      reply.event(replies.opening());
    }
    opened[0] = true;
  }
}
