"""Asks a running server every fact the model was taught, greedily: evaluate.py http://127.0.0.1:8080"""

import json
import sys
import urllib.request

from data import CAPITALS, DAYS, MONTHS, SOUNDS


def ask(url, question):
    body = json.dumps(dict(messages=[dict(role="user", content=question)], temperature=0)).encode()
    request = urllib.request.Request(url + "/v1/chat/completions", body)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["choices"][0]["message"]["content"].strip()


def facts():
    for country, capital in CAPITALS.items():
        answer = f"The capital of {country} is {capital}."
        for question in ("What is the capital of {}?", "capital of {}?", "Which city is the capital of {}?"):
            yield "capitals", question.format(country), answer
    for animal, sound in SOUNDS.items():
        for question in ("What does a {} say?", "What sound does a {} make?"):
            yield "sounds", question.format(animal), f"A {animal} says {sound}."
    for what, names in (("day", DAYS), ("month", MONTHS)):
        for i, name in enumerate(names):
            answer = f"{names[(i + 1) % len(names)]} comes after {name}."
            for question in (f"What {what} comes after {name}?", f"Which {what} follows {name}?"):
                yield what + "s", question, answer


def main(url):
    right, asked = {}, {}
    for topic, question, answer in facts():
        asked[topic] = asked.get(topic, 0) + 1
        right[topic] = right.get(topic, 0) + (ask(url, question) == answer)
    for topic in asked:
        print(f"{topic}: {right[topic]} of {asked[topic]}")


if __name__ == "__main__":
    main(sys.argv[1])
