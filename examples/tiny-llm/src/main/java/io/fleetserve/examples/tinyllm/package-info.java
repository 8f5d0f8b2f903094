/// A small OpenAI-compatible server of one llama.cpp model, as an example of a replica.
///
/// Start at [TinyLlmMain]; a request goes [ApiHandler] -> [RequestReader] -> [Slots] ->
/// [CompletionJob] -> [Engine], and back through [ReplyWriter]. Depends on Netty, Jackson and the
/// llama.cpp binding only: nothing here knows Fleetserve.
@NullMarked
package io.fleetserve.examples.tinyllm;

import org.jspecify.annotations.NullMarked;
