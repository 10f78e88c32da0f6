from __future__ import annotations

import tomllib
from typing import Any

import pytest

from moderation.rulebook import LEXICON
from moderation.telling_words import telling_of
from moderation.terms import Category

LURING, THREAT, INSULT, SLUR = (
    Category.EXPLOITATION,
    Category.HARM_TO_OTHERS,
    Category.BULLYING,
    Category.HATE,
)


def _shipped() -> dict[str, Any]:
    table = tomllib.loads((LEXICON / "decisions.toml").read_text(encoding="utf-8"))
    words: dict[str, Any] = table["telling"]
    return words


TELLING = telling_of(_shipped())


def _told(text: str, category: Category) -> bool:
    return TELLING.told(text, [category]) == {category}


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (LURING, "he wants a photo of me"),
        (LURING, "the youth leader wants it to be our secret"),
        (LURING, "theres a fella on twitch who asks is your dad in, he sends me tips"),
        (LURING, "mi jefe me dice que soy muy madura"),
        (THREAT, "a boy in my form said he is going to bring a knife on monday"),
        (THREAT, "i saw the message saying dont come on friday"),
        (THREAT, "theres a rumour that two boys want to stab someone at the gate"),
        (LURING, "he says send more or your mum gets these"),
        (INSULT, "she said you stink and i dont know what to do"),
        (THREAT, "dad screamed i'm gonna knock your teeth out"),
        (THREAT, "papá me gritó te voy a romper la cara"),
        (INSULT, "they call me pig when i go up for lunch"),
        (INSULT, "they go 'nobody wants you here' and point at me"),
        (INSULT, "me hacen burla por mi acento"),
        (SLUR, "he called me a monkey in front of my team"),
        (SLUR, "got called a dirty immigrant outside the shop"),
        (SLUR, "monkey noises again and the ref did nothing"),
    ],
)
def test_what_others_do_or_say_is_told(category: Category, text: str) -> None:
    """Who suffers it, saw it or is threatened by it may say so in the words that were used."""
    assert _told(text, category)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (LURING, "send me one, he wont see it, you know me"),
        (LURING, "be a good girl for me"),
        (LURING, "let me see"),
        (LURING, "they delete it there"),
        (THREAT, "he touched my sister so i will wait for him with a bat"),
        (THREAT, "my brother said he will stab you"),
        (THREAT, "hes dead on friday"),
        (INSULT, "everyone says you stink"),
        (INSULT, "even miss told us you are thick"),
        (INSULT, "you are ugly, she said"),
        (INSULT, "looks like a wet dog"),
        (SLUR, "somebody has to say it, they are all thieves"),
        (SLUR, "my dad says they are a disease"),
    ],
)
def test_what_is_done_by_the_writer_or_to_the_reader_is_not_told(
    category: Category, text: str
) -> None:
    """Nobody gets an insult, a lure or a threat through by naming somebody who said it."""
    assert not _told(text, category)


@pytest.mark.parametrize("category", [LURING, THREAT, INSULT, SLUR])
def test_who_asks_for_help_is_told_from_who_threatens(category: Category) -> None:
    """A plea frees a message, unless it also speaks to its reader."""
    assert _told("i nearly hit him, somebody stop me", category)
    assert _told("quiero pegarle, qué hago", category) == (category != SLUR)
    assert not _told("i will hit you, somebody stop me", category)


def test_who_hates_asks_what_to_do_as_well() -> None:
    """A plea delivers no slur, unless the writer dreads what they think."""
    assert not _told("what do i do, they are all thieves", SLUR)
    assert not _told("i dont want to be mean but they are vermin", SLUR)
    assert _told("i think that too and i dont want to be like him", SLUR)


def test_a_plea_may_have_to_be_the_last_words() -> None:
    """Not wanting to, at the end is reluctance; before other words it may be disdain."""
    assert _told("they said i have to jump him. i dont want to", THREAT)
    assert not _told("i dont want to sit with the rats", INSULT)


@pytest.mark.parametrize(
    "text",
    [
        "you are not ugly, those kids are just loud",
        "nobody thinks you're weird",
        "your accent is nice, dont let them make you hide it",
        "nobody should talk to you like that",
        "no eres tonta",
    ],
)
def test_comfort_is_no_insult(text: str) -> None:
    """Who denies an insult may say its words to the reader; it frees nothing but insults."""
    assert TELLING.told(text, [LURING, THREAT, INSULT, SLUR]) == {INSULT}


def test_advice_against_luring_is_none() -> None:
    """Who says what to do about it may name it to the reader; it frees nothing but luring."""
    for text in ("you dont owe him a picture", "you can say no and report him"):
        assert TELLING.told(text, [LURING, THREAT, INSULT, SLUR]) == {LURING}


def test_what_is_denied_must_be_an_insult() -> None:
    """Not being one of us takes something away from the reader."""
    assert not _told("you are not one of us", INSULT)
    assert not _told("you are not funny", INSULT)


@pytest.mark.parametrize(
    "text", ["ｙｏｕ", "y\u0336o\u0336u\u0336", "y\u200bou", "you're", "matarte", "YOU"]
)
def test_you_is_heard_however_it_is_written(text: str) -> None:
    """The reader is named in any letters that are read as such."""
    assert TELLING.says_you(text)


def test_young_people_are_not_the_reader() -> None:
    """Only whole words speak to the reader."""
    assert not TELLING.says_you("the youth club has young leaders")


@pytest.mark.parametrize(
    ("text", "speaks", "names"),
    [("it hurts me", True, False), ("he said so", False, True), ("see you there", False, False)],
)
def test_words_say_of_whom_they_are(text: str, *, speaks: bool, names: bool) -> None:
    """Of whoever writes them, or of somebody else."""
    assert (TELLING.speaks(text), TELLING.names(text)) == (speaks, names)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (INSULT, "what is wrong with you, you fat ugly pig"),
        (INSULT, "you're not ugly, you're hideous, you fat pig"),
        (INSULT, "you matter to nobody, kill yourself"),
        (INSULT, "you deserve to be dead"),
        (LURING, "report him later, send me one first"),
        (LURING, "you don't have to send your face, just a pic of your body"),
    ],
)
def test_comfort_beside_what_hurts_frees_nothing(category: Category, text: str) -> None:
    """A kind word does not deliver the insult or the demand behind it."""
    assert not _told(text, category)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (INSULT, "don't listen to them when they call you ugly"),
        (INSULT, "please don't kill yourself, you matter"),
        (LURING, "he said send me one? you don't owe him anything, report him"),
    ],
)
def test_comfort_may_repeat_what_it_answers(category: Category, text: str) -> None:
    """The words of others, and what somebody is asked not to do, are no insult and no demand."""
    assert _told(text, category)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (THREAT, "he told me im going to kill you tomorrow, and i will"),
        (THREAT, "my friend said ill find you and stab you"),
        (THREAT, "a boy asked me where you sit so i can stab you"),
        (THREAT, "she told me to stop but i will still smash your face"),
        (LURING, "help me out, send nudes"),
        (LURING, "he said you do that, so send me some"),
        (INSULT, "she told me nobody likes you and i agree"),
    ],
)
def test_a_telling_that_the_writer_takes_up_frees_nothing(category: Category, text: str) -> None:
    """Who says "and I will" behind it, or demands in the same breath, does the harm."""
    assert not _told(text, category)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (THREAT, "he texted me i know where you live so i can hurt you whenever"),
        (THREAT, "dad shouted i will break your legs so i cant go home"),
        (THREAT, "they said to me we will hit you, but i told sir"),
        (LURING, "he told me im lonely so i sent it. what do i do, help me"),
    ],
)
def test_what_was_said_to_the_writer_is_not_the_writers_own(category: Category, text: str) -> None:
    """What follows "he texted me i" is still his; what the victim does next is no harm."""
    assert _told(text, category)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (LURING, "are you alone? i only want to know you are okay"),
        (LURING, "does your mum know how bad it is"),
        (INSULT, "dont pay him, they never stop. tell your mum or school"),
        (LURING, "turn your cam on, the teachers marking absents"),
        (LURING, "pay me my 2 quid or i tell everyone you snore"),
        (INSULT, "act shocked, its your surprise party"),
        (THREAT, "put the knife down and wake your dad up"),
    ],
)
def test_care_advice_and_what_harms_nobody_may_be_said_to_the_reader(
    category: Category, text: str
) -> None:
    """Who asks after somebody's safety, or for homework, says "you" in the words of who lures."""
    assert _told(text, category)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (LURING, "are you alone? good, dont tell your mum"),
        (LURING, "are you safe in your room? then turn your cam on"),
        (LURING, "tell your mum you are at the library"),
        (LURING, "tell a teacher and your pics go up"),
        (LURING, "forget the homework, show me"),
        (LURING, "pay me or i tell everyone you snore, and your pics go up"),
        (LURING, "send me a pic or i tell everyone you snore"),
        (LURING, "give me that or i tell everyone you like boys"),
        (INSULT, "tell a teacher, nobody believes a liar"),
        (THREAT, "put the knife down so i can batter you"),
        (THREAT, "tell your mum goodbye"),
        (SLUR, "put the knife down, i know your lot"),
    ],
)
def test_care_beside_a_lure_frees_nothing(category: Category, text: str) -> None:
    """Nor does advice that is turned around, or that sends the reader to tell a lie."""
    assert not _told(text, category)


@pytest.mark.parametrize(
    "text",
    [
        "how do you talk yourself down, i have a hammer in my hand",
        "can you talk me out of it, im at his gate",
        "theyre gonna make me stab someone",
        "he wants me to hit the new boy",
        "they want 50 by midnight or it goes to my class",
        "ive till nine to pay or everyone gets it",
    ],
)
def test_who_fights_an_urge_or_is_made_to_do_harm_is_told(text: str) -> None:
    """They ask to be talked down, or say who makes them."""
    assert _told(text, THREAT)


@pytest.mark.parametrize(
    "text",
    [
        "nobody can stop me",
        "can you see me? im at your gate, talk me out of it",
        "stop yourself crying, i have a hammer in my hand",
        "theyre gonna make me stab someone and i picked you",
        "they want me to be nice so i will smash his face",
        "he makes me want to stab him",
        "they want 50 or they post it, pay me",
    ],
)
def test_who_cannot_be_stopped_or_takes_it_up_is_not_told(text: str) -> None:
    """The same words in the mouth of who threatens free nothing."""
    assert not _told(text, THREAT)


@pytest.mark.parametrize(
    ("text", "cared"),
    [
        ("dont pay him, block him and tell your mum", True),
        ("are you safe in your room", True),
        ("he say tell your mum its a project, so come", False),
        ("she told him to screenshot it", False),
        ("i told my sister to screenshot it", False),
        ("are you safe? turn your cam on", False),
        ("youre not pathetic, youre tired", False),
    ],
)
def test_care_is_that_of_a_peer_who_tells_nothing(text: str, *, cared: bool) -> None:
    """What somebody suffers or saw stays seen, though words of advice stand in it."""
    assert (TELLING.cared(text, [LURING]) == {LURING}) == cared


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (THREAT, "they jumped me behind the shop again, three of them"),
        (THREAT, "he threw a plate at mum and cut her head open"),
        (THREAT, "i got beaten up outside the gym"),
        (THREAT, "ive got the hammer and im outside his door. somebody talk to me"),
        (THREAT, "quiero pegarle, habladme de algo por favor"),
        (THREAT, "id love to see him crawl. not going to do anything, i just lie there"),
        (LURING, "shes saying send another or your school gets it"),
        (LURING, "hes like send it or everyone in your year gets the pic"),
        (LURING, "quiere que le mande un vídeo para la audición"),
        (LURING, "para entrar tengo que pasarle fotos"),
        (LURING, "ya l mandé una foto a un señor, ayuda"),
        (LURING, "m pid3 f0t0s"),
        (LURING, 'the coach say "you so mature for 14" and he shut the door'),
        (LURING, "man at the stop go 'don't you look older' every morning"),
        (LURING, "“send me one” he writes, every night"),
        (LURING, 'my mum: "send pictures of you eating"'),
        (LURING, "im only telling you, hes 30 and he sends me money"),
        (LURING, "i let him see me on camera once"),
        (SLUR, "a lady at the shop le gritó a mi mamá en frente de mi hermanito"),
    ],
)
def test_what_was_done_quoted_or_confided_is_told(category: Category, text: str) -> None:
    """Tense, quotation marks and who the words are said to tell it from doing it."""
    assert _told(text, category)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (THREAT, "jump him at the rink, all three of us"),
        (THREAT, "shes getting jumped on monday"),
        (THREAT, "he will have hit the floor by friday"),
        (THREAT, "he hit her so im gonna hit him"),
        (THREAT, "im outside her house. someone talk to me or i go in"),
        (THREAT, "one of them is going to talk"),
        (THREAT, "not going to do anything yet, friday he bleeds"),
        (LURING, "im saying send another or your dad hears"),
        (LURING, "my mate has your video, hes saying send another"),
        (LURING, "dice el jefe que te pongas guapa"),
        (LURING, 'he said youre cute, so "send me one" ok'),
        (LURING, '"are you home alone" asking for a friend'),
        (LURING, 'my mate says "how old are you", and can you cam'),
        (LURING, "im only telling you, come to his car"),
        (LURING, "youre the only one i told, send me one for him"),
        (LURING, "put her on camera for me"),
        (LURING, "s3nd y0ur p1cs, he said"),
    ],
)
def test_a_lure_or_a_threat_in_such_words_is_not_told(category: Category, text: str) -> None:
    """What is still to come, and what the reader is asked for, stays held."""
    assert not _told(text, category)


def test_a_message_made_of_quotes_is_not_searched_for_their_speakers() -> None:
    """Each quote costs a reading of the text, so that only a few are asked whose they are."""
    few, many = ("he asks " + 'and "are you alone" ' * times for times in (1, 9))
    assert _told(few, LURING)
    assert not _told(many, LURING)
