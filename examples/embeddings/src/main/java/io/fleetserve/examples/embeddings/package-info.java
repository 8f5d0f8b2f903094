/// An OpenAI-compatible server of sentence embeddings, as an example of a replica.
///
/// Start at [EmbeddingsMain]; a request goes [EmbeddingsApi] -> [EmbeddingRequest] -> [Encoder],
/// which uses [WordPiece] and ONNX Runtime. Nothing here knows Fleetserve.
@NullMarked
package io.fleetserve.examples.embeddings;

import org.jspecify.annotations.NullMarked;
