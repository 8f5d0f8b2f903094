"""Writes the model as GGUF, weights in Q8_0: export.py m.pt OUT.gguf PATH/TO/gguf-py (reads tok.model)"""

import sys

import numpy
import sentencepiece
import torch

from train import CONTEXT, FEED_FORWARD, HEAD, HEADS, KV_HEADS, LAYERS, VOCABULARY, WIDTH

TEMPLATE = ("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + "
            "'\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")
NAMES = dict(attn_norm="n1.w", attn_q="q.weight", attn_k="k.weight", attn_v="v.weight",
             attn_output="o.weight", ffn_norm="n2.w", ffn_gate="g.weight", ffn_up="u.weight",
             ffn_down="d.weight")
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6


def kind(tokenizer, i):
    if tokenizer.is_unknown(i):
        return UNKNOWN
    if tokenizer.is_control(i):
        return CONTROL
    return BYTE if tokenizer.is_byte(i) else NORMAL


def main(weights, out, gguf_folder):
    sys.path.insert(0, gguf_folder)
    import gguf
    q8 = gguf.GGMLQuantizationType.Q8_0
    tokenizer = sentencepiece.SentencePieceProcessor("tok.model")
    state = torch.load(weights)
    writer = gguf.GGUFWriter(out, "llama")
    writer.add_name("skytiny-0.9m")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(VOCABULARY)
    writer.add_file_type(7)  # mostly Q8_0
    writer.add_tokenizer_model("llama")
    writer.add_token_list([tokenizer.id_to_piece(i).encode() for i in range(VOCABULARY)])
    writer.add_token_scores([tokenizer.get_score(i) for i in range(VOCABULARY)])
    writer.add_token_types([kind(tokenizer, i) for i in range(VOCABULARY)])
    writer.add_unk_token_id(tokenizer.unk_id())
    writer.add_bos_token_id(tokenizer.bos_id())
    writer.add_eos_token_id(tokenizer.eos_id())
    writer.add_eot_token_id(tokenizer.piece_to_id("<|im_end|>"))
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)

    def add(name, tensor):
        array = tensor.numpy().astype(numpy.float32)
        if array.ndim == 1:
            writer.add_tensor(name, array)
        else:
            writer.add_tensor(name, gguf.quants.quantize(array, q8), raw_dtype=q8)

    add("token_embd.weight", state["e.weight"])  # also the output: no output.weight
    for layer in range(LAYERS):
        for theirs, ours in NAMES.items():
            add(f"blk.{layer}.{theirs}.weight", state[f"b.{layer}.{ours}"])
    add("output_norm.weight", state["n.w"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
