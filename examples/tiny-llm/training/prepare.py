"""Makes the tokenizer and the stream of training tokens: prepare.py MOBY.TXT -> tok.model, train.npy"""

import re
import sys

import numpy
import sentencepiece

from data import RANDOM, documents

PIECES = 1024
BEGIN, END = 1, 2
PLAIN = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2014": "--"})


def paragraphs(file):
    with open(file, encoding="utf-8") as text:
        for paragraph in re.split(r"\n\s*\n", text.read()):
            if len(paragraph) > 80:
                yield re.sub(r"\s+", " ", paragraph.strip()).translate(PLAIN)


def train_tokenizer(docs, book):
    """No dummy prefix and no normalisation: llama.cpp then needs no special case for this model."""
    with open("corpus.txt", "w", encoding="utf-8") as corpus:
        for system, content in docs[:12000]:
            lines = [content] if system is None else [line for turn in content for line in turn]
            corpus.writelines(line + "\n" for line in lines)
        corpus.writelines(paragraph + "\n" for paragraph in book[:700])
    sentencepiece.SentencePieceTrainer.train(
        input="corpus.txt", model_prefix="tok", vocab_size=PIECES, model_type="bpe", byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=False,
        split_digits=True, character_coverage=1.0, control_symbols=["<|im_start|>", "<|im_end|>"],
        unk_id=0, bos_id=BEGIN, eos_id=END, pad_id=-1, max_sentence_length=20000, num_threads=2,
        minloglevel=2)
    return sentencepiece.SentencePieceProcessor("tok.model")


def encode(tokenizer, system, content):
    if system is None:
        return [BEGIN] + tokenizer.encode(content) + [END]
    messages = [("system", system)] if system else []
    for question, answer in content:
        messages += [("user", question), ("assistant", answer)]
    start, end = tokenizer.piece_to_id("<|im_start|>"), tokenizer.piece_to_id("<|im_end|>")
    tokens = [BEGIN]
    for role, text in messages:
        tokens += [start] + tokenizer.encode(role + "\n" + text) + [end] + tokenizer.encode("\n")
    return tokens


def main(book_file):
    docs = list(documents(60000))
    book = list(paragraphs(book_file))
    tokenizer = train_tokenizer(docs, book)
    rows = [encode(tokenizer, *doc) for doc in docs]
    rows += [encode(tokenizer, None, paragraph) for paragraph in book] * 2
    RANDOM.shuffle(rows)
    stream = numpy.array([token for row in rows for token in row], numpy.uint16)
    numpy.save("train.npy", stream)
    print(f"{len(docs)} documents, {len(book)} paragraphs, {stream.size} tokens")


if __name__ == "__main__":
    main(sys.argv[1])
