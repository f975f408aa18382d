"""Requests and tracks as somebody who places beats for a living would judge them: would the artist want to hear this one?

Written before weights and threshold were chosen, and not changed by them: what the code gets wrong stays as it is here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.catalog.contradictions import Facts
from api.requests.traits import Heard, Traits, heard
from api.requests.wanted import Tempo, Wanted
from db.folding import folded
from db.keys import key_named
from db.seeking import Price
from db.vocabulary import CurrencyCode, Scale

USD, EUR = CurrencyCode.USD, CurrencyCode.EUR
REFERENCE: Final = bytes(range(16))
"""How the reference of a request sounds."""
ALIKE: Final = bytes(range(1, 17))
"""One step away in each of its parts."""
UNLIKE: Final = bytes([128] * 8 + [127] * 8)
"""As far away as can be."""


def ask(
    genre: str | None = None,
    *,
    bpm: tuple[int, int] | None = None,
    key: str | None = None,
    moods: Sequence[str] = (),
    tags: Sequence[str] = (),
    exclusive: bool = False,
    budget: tuple[int, CurrencyCode] | None = None,
    like: bytes | None = None,
) -> Wanted:
    return Wanted(
        genre=genre,
        tempo=Tempo(*bpm) if bpm else None,
        key=key_named(key) if key else None,
        moods=tuple(moods),
        tags=tuple(tags),
        sound=like,
        exclusive=exclusive,
        budget=Price(budget[0] * 100, budget[1]) if budget else None,
    )


def beat(
    *genres: str,
    bpm: int = 140,
    key: str = "Am",
    moods: Sequence[str] = (),
    tags: Sequence[str] = (),
    price: tuple[int, CurrencyCode] | None = None,
    sounds: bytes | None = None,
    measured: tuple[float, str] | None = None,
    sure: float = 0.96,
) -> Traits:
    declared = _facts(bpm, key)
    told = Heard(_facts(*measured), sure, sure) if measured else None
    facts = heard(declared, told)
    return Traits.of(
        genres=genres,
        moods=moods,
        tags=[folded(tag) for tag in tags],
        bpm=round(facts.bpm),
        key=(facts.pitch_class, facts.scale),
        sound=sounds,
        exclusive=Price(price[0] * 100, price[1]) if price else None,
    )


def _facts(bpm: float, key: str) -> Facts:
    pitch, scale = key_named(key) or (0, Scale.MAJOR)
    return Facts(bpm=bpm, pitch_class=pitch, scale=scale)


@dataclass(frozen=True)
class Judged:
    wanted: Wanted
    track: Traits
    fits: bool
    why: str


def yes(wanted: Wanted, track: Traits, why: str) -> Judged:
    return Judged(wanted, track, True, why)


def no(wanted: Wanted, track: Traits, why: str) -> Judged:
    return Judged(wanted, track, False, why)


DRILL = ask("Drill", bpm=(138, 146))
DARK_DRILL = ask("UK Drill", bpm=(140, 144), key="C#m", moods=["Dark"], tags=["808", "sliding bass"])
SLOW_RNB = ask("R&B", bpm=(60, 72), moods=["Sensual", "Romantic"])
LATE_NIGHT = ask("Lo-Fi", bpm=(70, 90), moods=["Chill", "Nostalgic"], tags=["vinyl", "piano"])
SINGER = ask("Pop", bpm=(100, 110), key="C major")
BUYER = ask("Trap", bpm=(135, 150), exclusive=True, budget=(500, USD))
CLUB = ask("House", bpm=(122, 126), moods=["Energetic"])

JUDGED: Final = (
    # Genre alone
    yes(ask("Trap"), beat("Trap"), "Asked for Trap and nothing else, got Trap."),
    yes(ask("Drill"), beat("UK Drill"), "UK Drill is Drill; who asks for the wide word is glad of it."),
    yes(ask("Trap Soul"), beat("R&B", bpm=130), "An R&B beat is what many call Trap Soul: worth a listen."),
    yes(ask("Soul"), beat("Trap", "Neo-Soul", bpm=88), "One of its two genres lies within Soul."),
    yes(ask("phonk"), beat("Phonk"), "A genre off the list, spelled in another case."),
    yes(ask("Hip-Hop"), beat("hip hop", bpm=90), "The same word without the hyphen."),
    no(ask("Trap"), beat("House", bpm=124), "House is no Trap."),
    no(ask("Trap Soul"), beat("Alternative R&B", bpm=120), "Two children of R&B: another sound, another audience."),
    no(ask("House"), beat("Techno", bpm=126), "A house vocal on techno is a remix at best."),
    no(ask("Phonk"), beat("Trap"), "Trap drums do not make it Phonk."),
    no(ask("Drill"), beat("Trap", tags=["drill", "type beat"]), "Tagged for the search; it is Trap by its own word."),
    # Tempo
    yes(DRILL, beat("Drill", bpm=142), "In the middle of the range."),
    yes(DRILL, beat("Drill", bpm=146), "The end of the range is in it."),
    yes(DRILL, beat("Drill", bpm=71), "Felt in half time: 142 in any sequencer."),
    yes(DRILL, beat("UK Drill", bpm=70), "Within the genre, and half of 140."),
    yes(DRILL, beat("Drill", bpm=148), "Two beats above: nudged in a minute."),
    yes(SLOW_RNB, beat("R&B", bpm=132, moods=["Romantic"]), "Counted double; 66 as it is felt."),
    no(DRILL, beat("Drill", bpm=95), "A Drill flow for 140 has no place on 95."),
    no(DRILL, beat("Drill", bpm=160), "Fourteen beats too fast; stretched that far it sounds so."),
    no(DRILL, beat("Drill", bpm=105), "Three quarters of the tempo is another song."),
    no(ask(bpm=(138, 146)), beat("Pop", bpm=110), "Only a tempo was asked for, and this is not it."),
    yes(ask(bpm=(138, 146)), beat("Pop", bpm=140), "Only a tempo was asked for, and this is it."),
    no(CLUB, beat("House", bpm=110, moods=["Energetic"]), "A club set at 124 cannot use 110, however well it fits else."),
    yes(CLUB, beat("House", bpm=128, moods=["Energetic"]), "The next tempo on the decks."),
    yes(CLUB, beat("House", bpm=124, moods=["Hype"]), "Hype is energetic."),
    no(CLUB, beat("House", bpm=131, moods=["Chill"]), "Too fast to nudge, and the wrong hour of the night."),
    # Key
    yes(SINGER, beat("Pop", bpm=104, key="C major"), "All as asked."),
    yes(SINGER, beat("Pop", bpm=104, key="Am"), "The same notes."),
    yes(SINGER, beat("Dance Pop", bpm=104, key="G major"), "A pop child in a neighbouring key, tempo exact."),
    yes(SINGER, beat("Pop", bpm=102, key="F# major"), "A tritone off, but genre and tempo are right: stems can be pitched."),
    no(ask("Pop", key="C major"), beat("Pop", bpm=104, key="F# major"), "Half of what was asked for is as wrong as can be."),
    no(ask(key="C#m"), beat("Trap", key="Dm"), "Only the key was asked for; a semitone off is off."),
    yes(ask(key="C#m"), beat("Trap", key="Dbm"), "The same key in another spelling."),
    yes(ask(key="C#m"), beat("Trap", key="E major"), "Its relative; the topline fits."),
    yes(ask(key="C#m"), beat("Trap", key="G#m"), "A fifth away; one note differs. Worth a try."),
    no(SINGER, beat("Indie Pop", bpm=110, key="Ebm"), "A child of the genre, at the end of the range, in a far key: thrice almost."),
    no(SINGER, beat("Pop", bpm=114, key="F# major"), "Wrong key, and too fast to forgive it."),
    # Moods
    yes(DARK_DRILL, beat("UK Drill", bpm=142, key="C#m", moods=["Dark"], tags=["808s", "slides"]), "The beat itself."),
    yes(DARK_DRILL, beat("UK Drill", bpm=142, key="C#m", moods=["Sinister"], tags=["808"]), "Sinister is dark."),
    yes(DARK_DRILL, beat("UK Drill", bpm=142, key="Em", moods=["Eerie"], tags=["808 bass"]), "Right but for the key; the mood is near."),
    yes(DARK_DRILL, beat("Drill", bpm=140, key="C#m", moods=["Dark"], tags=["choir"]), "Wider genre, no sliding bass named; all else right."),
    no(DARK_DRILL, beat("UK Drill", bpm=142, key="F", moods=["Happy", "Uplifting"]), "The opposite mood in a major key."),
    no(DARK_DRILL, beat("UK Drill", bpm=142, key="C#m", moods=["Uplifting"], tags=["808"]), "A dark record cannot be made of an uplifting beat."),
    yes(DARK_DRILL, beat("UK Drill", bpm=142, key="C#m"), "It says nothing of mood or tags; three of three facts fit."),
    yes(SLOW_RNB, beat("R&B", bpm=66, moods=["Intimate"]), "Intimate is what both words mean."),
    yes(SLOW_RNB, beat("Trap Soul", bpm=68, moods=["Sensual", "Moody"]), "Within R&B, slow, sensual."),
    no(SLOW_RNB, beat("R&B", bpm=70, moods=["Hype", "Aggressive"]), "Nobody is seduced by an aggressive beat."),
    no(SLOW_RNB, beat("R&B", bpm=98, moods=["Sensual"]), "Mid-tempo: not the slow jam that was asked for."),
    yes(ask(moods=["Dark"]), beat("Techno", bpm=130, moods=["Dark"]), "Only a mood was asked for."),
    yes(ask(moods=["Dark"]), beat("Trap", tags=["dark", "piano"]), "It says so among its tags."),
    no(ask(moods=["Dark"]), beat("Pop", bpm=120, moods=["Happy"]), "The opposite."),
    no(ask("Trap", moods=["Dark"]), beat("Trap", moods=["Romantic"]), "Half of two wishes, and the other half is another song."),
    no(ask(moods=["Hype", "Aggressive"]), beat("Trap", moods=["Energetic", "Smooth"]), "A bit of one of two."),
    yes(ask(moods=["Sad", "Emotional"]), beat("Pop", moods=["Melancholic", "Emotional"]), "Sad and melancholic are siblings."),
    # Tags
    yes(ask(tags=["808s"]), beat("Trap", tags=["808", "bells"]), "One 808, many 808s."),
    yes(ask(tags=["guitar"]), beat("Latin", bpm=95, tags=["acoustic guitar"]), "An acoustic guitar is a guitar."),
    yes(ask("Trap", tags=["guitar"]), beat("Trap", tags=["electric guitar", "dark"]), "So is an electric one."),
    yes(ask(tags=["lofi"]), beat("Lo-Fi", bpm=80), "The tag is its genre."),
    yes(ask(tags=["acoustic guitar"]), beat("Pop", bpm=100, tags=["guitar"]), "Likely acoustic; a listen tells."),
    no(ask(tags=["piano", "strings", "choir"]), beat("Trap", tags=["piano"]), "A third of the arrangement asked for."),
    no(ask(tags=["guitar"]), beat("Trap", tags=["piano"]), "No guitar."),
    no(ask("Trap", tags=["guitar", "flute", "choir"]), beat("Trap", tags=["synth"]), "Trap it is, but nothing of what makes the request."),
    yes(LATE_NIGHT, beat("Lo-Fi", bpm=82, moods=["Chill"], tags=["vinyl crackle", "keys"]), "What the words mean, if not the words."),
    yes(LATE_NIGHT, beat("Lo-Fi", bpm=160, moods=["Laid Back", "Nostalgic"], tags=["piano"]), "80 counted double; moods near."),
    no(LATE_NIGHT, beat("Lo-Fi", bpm=84, moods=["Energetic"], tags=["synth"]), "Genre and tempo, but no late night in it."),
    no(LATE_NIGHT, beat("Boom Bap", bpm=84, moods=["Chill"], tags=["vinyl", "piano"]), "Boom Bap knocks; it was asked for Lo-Fi."),
    # Exclusives and budgets
    yes(BUYER, beat("Trap", bpm=140, price=(450, USD)), "On sale, within the budget."),
    yes(BUYER, beat("Trap", bpm=140, price=(500, USD)), "To the dollar."),
    yes(BUYER, beat("Trap", bpm=140, price=(600, EUR)), "Another currency: the two can talk."),
    no(BUYER, beat("Trap", bpm=140, price=(900, USD)), "Nearly double the budget."),
    no(BUYER, beat("Trap", bpm=140), "Cannot be bought alone."),
    no(BUYER, beat("Trap", bpm=100, price=(300, USD)), "A bargain at the wrong tempo."),
    yes(ask("Trap", exclusive=True), beat("Trap", price=(5000, USD)), "No budget was named."),
    yes(ask("Trap", budget=(100, USD)), beat("Trap", price=(900, USD)), "Any licence will do: the budget bars nobody."),
    # What was declared, and what is heard
    yes(DRILL, beat("Drill", bpm=95, measured=(142.0, "Am")), "Its 95 is a slip: it is heard at 142."),
    no(DRILL, beat("Drill", bpm=142, measured=(95.0, "Am")), "It says 142, and is heard at 95."),
    yes(DRILL, beat("Drill", bpm=142, measured=(95.0, "Am"), sure=0.5), "The ear is not sure; the producer is."),
    yes(ask(key="Am"), beat("Trap", key="Ebm", measured=(140.0, "Am")), "Heard in the key that was asked for."),
    no(ask(key="Am"), beat("Trap", key="Am", measured=(140.0, "Ebm")), "Heard in another key than it says."),
    # Sound
    yes(ask(like=REFERENCE), beat("Trap", sounds=ALIKE), "Sounds like the reference, which is all that was asked."),
    no(ask(like=REFERENCE), beat("Trap", sounds=UNLIKE), "Sounds like something else altogether."),
    yes(ask("Trap", like=REFERENCE), beat("Trap", sounds=ALIKE), "Genre and sound."),
    no(ask("Trap", like=REFERENCE), beat("House", bpm=124, sounds=ALIKE), "Another genre, whatever the machine hears."),
    yes(ask("Trap", bpm=(135, 145), like=REFERENCE), beat("Trap", bpm=140), "Not measured yet; what is known fits."),
    no(ask("Trap", bpm=(135, 145), like=REFERENCE), beat("Trap", bpm=100, sounds=ALIKE), "Sounds right at a tempo that is not."),
    # Nothing
    no(ask(), beat("Trap"), "A link and no word: nobody can say what answers it."),
    # Several parts that fail a bit
    no(ask("R&B", bpm=(88, 92), key="Fm", moods=["Smooth", "Romantic"]), beat("Trap Soul", bpm=96, key="Dm", moods=["Moody"]),
       "A child of the genre, too fast, off key, another mood."),
    no(ask("Soul", bpm=(80, 84), moods=["Uplifting", "Happy"], tags=["horns", "organ"]), beat("Neo-Soul", bpm=86, moods=["Mellow"], tags=["rhodes"]),
       "Soul with horns and joy was asked for; this is a mellow Rhodes."),
    yes(ask("Afrobeats", bpm=(100, 108), moods=["Happy", "Romantic"], tags=["guitar"]), beat("Afro-Pop", bpm=104, moods=["Upbeat", "Romantic"], tags=["log drum"]),
       "Within Afrobeats, tempo exact, moods all but there."),
    yes(ask("Latin", bpm=(90, 98), key="Bm", moods=["Sensual"]), beat("Reggaeton", bpm=94, key="D", moods=["Sensual", "Confident"]),
       "Reggaeton is Latin; the relative key; the mood."),
    no(ask("Techno", bpm=(128, 134), moods=["Dark", "Sinister"], tags=["acid"]), beat("Electronic", bpm=122, moods=["Dreamy"], tags=["ambient"]),
       "Electronic in the widest sense: slower, soft, nothing acid."),
    yes(ask("Boom Bap", bpm=(86, 94), tags=["vinyl", "jazz", "sample"]), beat("Boom Bap", bpm=90, tags=["jazz", "sampled"]),
       "Two of three, and the drums are right."),
)  # fmt: skip
