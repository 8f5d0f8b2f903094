package io.fleetserve.examples.tinyllm;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A GGUF model run by llama.cpp inside this process, on one thread of its own.
///
/// llama.cpp batches what its slots do at the same time. More than one compute thread makes a small
/// model slower: the threads spin at barriers.
final class LlamaEngine implements Engine {
  private final LlamaModel model;
  private final int contextTokens;

  private LlamaEngine(LlamaModel model, int contextTokens) {
    this.model = model;
    this.contextTokens = contextTokens;
  }

  /// Loads a model; blocks until it can answer.
  ///
  /// @param contextTokens of each slot
  static LlamaEngine load(Path file, int slots, int contextTokens) {
    ModelParameters parameters =
        new ModelParameters()
            .disableLog()
            .setModel(file.toString())
            .setCtxSize(slots * contextTokens)
            .setParallel(slots)
            .setThreads(1)
            .setThreadsBatch(1)
            .setPoll(0)
            .enableJinja();
    return new LlamaEngine(new LlamaModel(parameters), contextTokens);
  }

  @Override
  public int contextTokens() {
    return contextTokens;
  }

  @Override
  public int countTokens(String prompt) {
    return model.encode(prompt).length + 1;
  }

  @Override
  public String template(List<Message> messages) {
    ObjectNode parameters = JsonMapper.shared().createObjectNode();
    ArrayNode list = parameters.putArray("messages");
    for (Message message : messages) {
      list.addObject().put("role", message.role()).put("content", message.content());
    }
    return model.applyTemplate(parameters.toString());
  }

  @Override
  public Outcome generate(
      String prompt,
      int maxTokens,
      Sampling sampling,
      Consumer<String> pieces,
      BooleanSupplier cancelled) {
    InferenceParameters parameters =
        new InferenceParameters(prompt)
            .setNPredict(maxTokens)
            .setTemperature((float) sampling.temperature())
            .setTopP((float) sampling.topP());
    sampling.seed().ifPresent(parameters::setSeed);
    if (!sampling.stop().isEmpty()) {
      parameters.setStopStrings(sampling.stop().toArray(String[]::new));
    }
    LlamaIterator tokens = model.generate(parameters).iterator();
    int count = 0;
    while (tokens.hasNext()) {
      if (cancelled.getAsBoolean()) {
        tokens.cancel();
        break;
      }
      LlamaOutput token = tokens.next();
      if (tokens.hasNext()) { // the last output closes the answer and is no token
        count++;
      }
      if (!token.text.isEmpty()) {
        pieces.accept(token.text);
      }
    }
    return new Outcome(count, count >= maxTokens);
  }
}
