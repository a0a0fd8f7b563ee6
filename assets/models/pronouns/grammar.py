"""The sentences that the pronouns checkpoint is trained and measured on: an animal, a thing, and what 'it' was."""
import random
import zlib

ANIMALS = """bear cat cow deer dog donkey duck fox frog goat goose hen horse kitten lion monkey mouse pig puppy rabbit
sheep squirrel tiger wolf""".split()
THINGS = """ball balloon barrel basket boat bottle box bucket cart chair cushion drum hoop kite ladder log rope shoe sled
stick stone table wagon wheel""".split()
# What only an animal, and what only a thing of the list above can be said to have been.
FIT_ANIMALS = """afraid angry bored brave clever curious excited greedy happy hungry jealous lonely playful sad sleepy
thirsty""".split()
FIT_THINGS = """blue broken empty expensive flat full green hollow metal painted plastic red round rusty square
wooden""".split()
ANIMAL_VERBS = "carried chased dropped found kicked left moved pulled pushed touched wanted watched".split()
THING_VERBS = "blocked crushed frightened hit hurt missed passed scared stopped struck surprised touched".split()
# Fit both, so they stand before nouns and never after 'it was'.
ADJECTIVES = "beautiful big dirty heavy little new old wet".split()
DETERMINERS = "a the that this".split()
OPENINGS = ["yesterday", "today", "once", "one day ,", "one day in the park ,", "yesterday in the garden ,"]
ENDINGS = "again today twice yesterday".split()
CONNECTIVES = "as because since".split()
VERBS_OF_BEING = "is looked seemed was".split()
ADVERBS = "quite really so too very".split()

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = SPECIAL + sorted({word for part in (
    ANIMALS, THINGS, FIT_ANIMALS, FIT_THINGS, ANIMAL_VERBS, THING_VERBS, ADJECTIVES, DETERMINERS, " ".join(OPENINGS).split(),
    ENDINGS, CONNECTIVES, VERBS_OF_BEING, ADVERBS, ["it", "."]) for word in part})


def chosen(text, percent):
    """The same answer for the same text, on every machine."""
    return zlib.crc32(text.encode()) % 100 < percent


def held_out(animal, thing, predicate):
    """Whole combinations are never trained on: one pair of animal and thing in eight, whatever is said of them, and one
    pair of referent and predicate in eight, whatever else is in the sentence. Dog and ball are such a pair."""
    referent = animal if predicate in FIT_ANIMALS else thing
    return (animal, thing) == ("dog", "ball") or chosen(f"{animal} {thing}", 12) or chosen(f"{referent}: {predicate}", 12)


def noun_phrase(rng, noun):
    words = [rng.choice(DETERMINERS) if rng.random() < 0.4 else "the"]
    if rng.random() < 0.3:
        words.append(rng.choice(ADJECTIVES))
    return words + [noun]


def sentence(rng, from_held_out):
    """(words, place of 'it', place of the referent). Which noun stands first, what the verb is and which of the two is
    meant are drawn independently, so neither place nor verb tells the answer."""
    while True:
        animal, thing = rng.choice(ANIMALS), rng.choice(THINGS)
        of_animal = rng.random() < 0.5
        predicate = rng.choice(FIT_ANIMALS if of_animal else FIT_THINGS)
        if held_out(animal, thing, predicate) == from_held_out:
            break
    opening = rng.choice(OPENINGS).split() if rng.random() < 0.25 else []
    animal_first = rng.random() < 0.5
    first, second = (animal, thing) if animal_first else (thing, animal)
    words = opening + noun_phrase(rng, first) + [rng.choice(ANIMAL_VERBS if animal_first else THING_VERBS)] + noun_phrase(rng, second)
    if not opening and rng.random() < 0.2:
        words.append(rng.choice(ENDINGS))
    words += [rng.choice(CONNECTIVES) if rng.random() < 0.5 else "because", "it"]
    place = len(words) - 1
    words += [rng.choice(VERBS_OF_BEING) if rng.random() < 0.5 else "was"]
    words += [rng.choice(ADVERBS)] if rng.random() < 0.3 else []
    words += [predicate] + (["."] if rng.random() < 0.9 else [])
    return words, place, words.index(animal if of_animal else thing)


def text_of(words):
    """As one would write it: 'The dog chased the ball because it was red.'"""
    text = " ".join(words).replace(" .", ".").replace(" ,", ",")
    return text[0].upper() + text[1:]
