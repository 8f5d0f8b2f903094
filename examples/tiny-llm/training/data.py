"""Writes the documents the model is trained on: stories and small talk, from templates.

Everything is drawn from one seeded generator, so the same seed writes the same documents.
"""

import random
import sys

RANDOM = random.Random(7)

CAPITALS = dict(
    France="Paris", Italy="Rome", Spain="Madrid", Germany="Berlin", Japan="Tokyo", China="Beijing",
    India="New Delhi", Egypt="Cairo", Kenya="Nairobi", Peru="Lima", Chile="Santiago", Canada="Ottawa",
    Norway="Oslo", Sweden="Stockholm", Finland="Helsinki", Denmark="Copenhagen", Poland="Warsaw",
    Austria="Vienna", Greece="Athens", Turkey="Ankara", Portugal="Lisbon", Ireland="Dublin",
    Russia="Moscow", Brazil="Brasilia", Mexico="Mexico City", Cuba="Havana", Hungary="Budapest",
    Belgium="Brussels", Thailand="Bangkok", Vietnam="Hanoi")
OPPOSITES = dict(
    hot="cold", big="small", up="down", day="night", fast="slow", happy="sad", open="closed", wet="dry",
    early="late", old="young", hard="soft", light="dark", loud="quiet", rich="poor", left="right",
    high="low", full="empty", good="bad", long="short", clean="dirty")
COLOURS_OF = dict(
    grass="green", snow="white", coal="black", blood="red", milk="white", lemons="yellow",
    bananas="yellow", tomatoes="red", leaves="green", chocolate="brown", carrots="orange",
    cherries="red", clouds="white", frogs="green", bears="brown")
SINGULAR = ("grass", "snow", "coal", "blood", "milk", "chocolate")
SOUNDS = dict(
    cow="moo", dog="woof", cat="meow", duck="quack", sheep="baa", pig="oink", horse="neigh", lion="roar",
    bee="buzz", owl="hoot", snake="hiss", frog="ribbit", rooster="cock-a-doodle-doo", mouse="squeak")
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = ("January February March April May June July August September October November "
          "December").split()
NAMES = ("Tom Anna Ben Lily Max Mia Sam Lucy Jack Emma Leo Rosa Tim Nora Fred Ella Oscar Ruby Hugo "
         "Clara").split()
ANIMALS = "dog cat rabbit fox bear mouse frog duck horse bird turtle squirrel owl hedgehog".split()
ADJECTIVES = "little big brave shy happy clever lazy kind curious quiet".split()
PLACES = "garden forest village park farm castle river beach meadow mountain".split()
THINGS = "ball kite lamp book hat boat drum key basket map bell cup".split()
COLOURS = "red blue green yellow white golden silver brown".split()
FOODS = "apple cake pie carrot plum cookie pear bread".split()
WORDS = ("apple blue river stone music green cloud paper silver happy orange table garden window "
         "coffee winter summer friend letter planet").split()
SYSTEM = ["You are a helpful assistant.", "You are a friendly assistant. Answer briefly."]

pick = RANDOM.choice


def a(word):
    return ("an " if word[0] in "aeiou" else "a ") + word


def other(words, word):
    return pick([w for w in words if w != word])


def story(animal=None, name=None):
    """A story of about ten sentences about an animal and its friend."""
    animal = animal or pick(ANIMALS)
    name = name or pick(NAMES)
    friend, kind = other(NAMES, name), other(ANIMALS, animal)
    adjective, place = pick(ADJECTIVES), pick(PLACES)
    there = other(PLACES, place)
    thing, colour, food = pick(THINGS), pick(COLOURS), pick(FOODS)
    he, his, him = pick([("he", "his", "him"), ("she", "her", "her")])
    lines = [
        pick([f"Once upon a time there was {a(adjective)} {animal} named {name}.",
              f"There once was {a(adjective)} {animal} called {name}.",
              f"In a {place} lived {a(adjective)} {animal} named {name}."]),
        pick([f"{name} lived near a {place}.", f"Every day {name} played in the {place}.",
              f"{name} loved the {place} very much."]),
        pick([f"One day {name} found {a(colour)} {thing} in the {there}.",
              f"One morning {name} went to the {there} and saw {a(colour)} {thing}.",
              f"One evening {name} lost {his} {colour} {thing} in the {there}."]),
    ]
    if "lost" in lines[-1]:
        lines += [
            pick([f"{name} was very sad and sat down to cry.",
                  f"{he.capitalize()} looked everywhere but could not find it."]),
            pick([f'Then {a(kind)} named {friend} came by and asked, "Why are you sad?"',
                  f"A friendly {kind} named {friend} heard {him} and came to help."]),
            pick([f"Together {name} and {friend} searched the whole {there}.",
                  f'"Do not worry," said {friend}. "I will help you."']),
            pick([f"At last {friend} found the {thing} under a big tree.",
                  f"Soon they found the {colour} {thing} behind a rock."]),
        ]
    else:
        lines += [
            pick([f"{name} was very happy and picked up the {thing}.",
                  f'"What a nice {thing}!" said {name}.']),
            pick([f'Then {a(kind)} named {friend} came by and said, "That is my {thing}."',
                  f"Soon {a(kind)} named {friend} came and wanted to play too."]),
            pick([f"{name} gave the {thing} to {friend} with a smile.",
                  f"{name} and {friend} played with the {thing} all day."]),
        ]
    lines.append(pick([f"They shared {a(food)} and laughed.",
                       f"{friend} gave {name} {a(food)} to say thank you.",
                       f"Then they ate {a(food)} together in the sun."]))
    lines.append(pick([f"From that day {name} and {friend} were best friends.",
                       f"{name} went home and slept well.", "And they lived happily ever after."]))
    return " ".join(lines)


def greeting():
    return (pick(["Hi", "Hello", "Hey", "Hi there", "Hello there", "hi", "hello", "Hi!", "Hello!",
                  "Good morning"]),
            pick(["Hello! How can I help you today?", "Hi! What can I do for you?",
                  "Hello! Nice to meet you."]))


def introduction():
    return (pick(["Who are you?", "What are you?", "What is your name?", "Tell me about yourself."]),
            "I am SkyTiny, a very small language model. I can tell short stories and answer easy "
            "questions.")


def thanks():
    return (pick(["Thank you", "Thanks", "Thank you!", "Thanks!", "Thanks a lot."]),
            pick(["You are welcome!", "My pleasure!"]))


def wellbeing():
    return (pick(["How are you?", "How are you today?", "Are you well?"]),
            pick(["I am fine, thank you. How are you?", "I am doing well, thank you!"]))


def arithmetic():
    x, y, sign = RANDOM.randint(0, 20), RANDOM.randint(0, 20), pick("+-")
    if sign == "-" and y > x:
        x, y = y, x
    word = "plus" if sign == "+" else "minus"
    return (pick([f"What is {x} {sign} {y}?", f"{x} {sign} {y} = ?", f"How much is {x} {sign} {y}?",
                  f"What is {x} {word} {y}?"]),
            f"{x} {sign} {y} = {x + y if sign == '+' else x - y}.")


def capital():
    country = pick(list(CAPITALS))
    return (pick([f"What is the capital of {country}?", f"capital of {country}?",
                  f"Which city is the capital of {country}?"]),
            f"The capital of {country} is {CAPITALS[country]}.")


def opposite():
    one = pick(list(OPPOSITES))
    one, two = pick([(one, OPPOSITES[one]), (OPPOSITES[one], one)])
    return (pick([f"What is the opposite of {one}?", f'What is the opposite of "{one}"?']),
            f"The opposite of {one} is {two}.")


def colour():
    thing = pick(list(COLOURS_OF))
    verb = "is" if thing in SINGULAR else "are"
    return (pick([f"What color is {thing}?", f"What color are {thing}?", f"Which color is {thing}?"]),
            f"{thing.capitalize()} {verb} {COLOURS_OF[thing]}.")


def sound():
    animal = pick(list(SOUNDS))
    return (pick([f"What does a {animal} say?", f"What sound does a {animal} make?"]),
            f"A {animal} says {SOUNDS[animal]}.")


def counting():
    first = RANDOM.randint(1, 15)
    last = first + RANDOM.randint(2, 9)
    return (pick([f"Count from {first} to {last}.", f"Please count from {first} to {last}."]),
            ", ".join(map(str, range(first, last + 1))) + ".")


def following(what, names):
    i = RANDOM.randrange(len(names))
    return (pick([f"What {what} comes after {names[i]}?", f"Which {what} follows {names[i]}?"]),
            f"{names[(i + 1) % len(names)]} comes after {names[i]}.")


def repeating():
    words = " ".join(RANDOM.sample(WORDS, RANDOM.randint(1, 4)))
    return pick([f"Repeat after me: {words}", f"Say: {words}", f"Repeat: {words}"]), words


def hello():
    return pick(["Say hello world.", "Print hello world.", "Say hello."]), "Hello, world!"


def story_request():
    animal, name = pick(ANIMALS), pick(NAMES)
    return pick([
        ("Tell me a story.", story()),
        (f"Tell me a story about a {animal}.", story(animal)),
        (f"Tell me a short story about a {animal}.", story(animal)),
        (f"Write a story about a {animal} named {name}.", story(animal, name)),
        (f"Tell me a short story about a {animal} named {name}.", story(animal, name))])


# Share of the conversations below which each kind lies; the rest asks for stories.
KINDS = [
    (.06, greeting), (.10, introduction), (.13, thanks), (.16, wellbeing), (.34, arithmetic),
    (.42, capital), (.47, opposite), (.51, colour), (.55, sound), (.61, counting),
    (.66, lambda: following("day", DAYS)), (.70, lambda: following("month", MONTHS)),
    (.76, repeating), (.78, hello)]


def turn():
    """A question and its answer."""
    share = RANDOM.random()
    for limit, kind in KINDS:
        if share < limit:
            return kind()
    return story_request()


def documents(count):
    """`count` documents: a story as (None, text), or a conversation as (system or "", [turns])."""
    for _ in range(count):
        if RANDOM.random() < .12:
            yield None, story()
        else:
            turns = [turn() for _ in range(1 if RANDOM.random() < .75 else 2)]
            yield (pick(SYSTEM) if RANDOM.random() < .3 else ""), turns


if __name__ == "__main__":
    for system, content in documents(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        print(system, content)
