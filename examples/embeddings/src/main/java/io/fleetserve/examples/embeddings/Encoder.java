package io.fleetserve.examples.embeddings;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// A sentence model: text in, a vector of length 1 out. Thread-safe; one batch runs at a time, on
/// one thread: two at once share the core and each takes twice as long.
final class Encoder {
  /// Numbers in a vector.
  static final int DIMENSIONS = 384;

  private static final int BATCH = 32;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final WordPiece tokenizer;
  private final Semaphore turn = new Semaphore(1, true);

  private Encoder(OrtEnvironment environment, OrtSession session, WordPiece tokenizer) {
    this.environment = environment;
    this.session = session;
    this.tokenizer = tokenizer;
  }

  /// Loads an ONNX model.
  static Encoder load(Path model, WordPiece tokenizer) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      return new Encoder(
          environment, environment.createSession(model.toString(), options), tokenizer);
    }
  }

  /// Vectors of some texts, and how many tokens these had.
  record Embeddings(List<float[]> vectors, int tokens) {}

  /// One vector for each text, in order. Blocks until it is this caller's turn.
  Embeddings embed(List<String> texts) throws OrtException, InterruptedException {
    List<int[]> tokens = texts.stream().map(tokenizer::encode).toList();
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (int from = 0; from < tokens.size(); from += BATCH) {
      turn.acquire(); // for each batch, so that a long list does not keep short ones waiting
      try {
        vectors.addAll(run(tokens.subList(from, Math.min(from + BATCH, tokens.size()))));
      } finally {
        turn.release();
      }
    }
    return new Embeddings(vectors, tokens.stream().mapToInt(row -> row.length).sum());
  }

  private List<float[]> run(List<int[]> batch) throws OrtException {
    int width = batch.stream().mapToInt(row -> row.length).max().orElse(0);
    long[] ids = new long[batch.size() * width];
    long[] mask = new long[ids.length];
    for (int row = 0; row < batch.size(); row++) {
      int[] tokens = batch.get(row);
      for (int i = 0; i < tokens.length; i++) {
        ids[row * width + i] = tokens[i];
        mask[row * width + i] = 1;
      }
    }
    long[] shape = {batch.size(), width};
    try (OnnxTensor idTensor = tensor(ids, shape);
        OnnxTensor maskTensor = tensor(mask, shape);
        OnnxTensor typeTensor = tensor(new long[ids.length], shape);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", idTensor,
                    "attention_mask", maskTensor,
                    "token_type_ids", typeTensor))) {
      FloatBuffer states = ((OnnxTensor) result.get(0)).getFloatBuffer();
      List<float[]> vectors = new ArrayList<>(batch.size());
      for (int row = 0; row < batch.size(); row++) {
        vectors.add(mean(states, row * width, batch.get(row).length));
      }
      return vectors;
    }
  }

  private OnnxTensor tensor(long[] values, long[] shape) throws OrtException {
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
  }

  /// The mean of the token vectors from `first` on, scaled to length 1.
  private static float[] mean(FloatBuffer states, int first, int count) {
    float[] sum = new float[DIMENSIONS];
    for (int token = first; token < first + count; token++) {
      for (int d = 0; d < DIMENSIONS; d++) {
        sum[d] += states.get(token * DIMENSIONS + d);
      }
    }
    double squares = 0;
    for (float value : sum) {
      squares += (double) value * value;
    }
    float scale = (float) (1 / Math.sqrt(squares));
    for (int d = 0; d < DIMENSIONS; d++) {
      sum[d] *= scale;
    }
    return sum;
  }
}
