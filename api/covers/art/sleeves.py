"""Which sleeves each genre has. A sleeve's place is its number, and the number gives its id: append, never move."""

from collections.abc import Callable
from typing import Final

from PIL import Image

from api.covers.art import (
    city,
    cloth,
    club,
    gear,
    light,
    optics,
    plants,
    pop,
    rooms,
    skies,
    soul,
    street,
    summer,
    world,
)

Sleeve = Callable[[], Image.Image]

SLEEVES: Final[dict[str, tuple[Sleeve, ...]]] = {
    "Hip-Hop": (street.hip_hop, gear.boombox, city.drips, city.chains),
    "Trap": (street.trap, city.dice, city.diamond, city.fumes),
    "Drill": (street.drill, city.shattered, city.cordon, city.night_map),
    "UK Drill": (street.uk_drill, city.underpass, city.lines_map, city.wet_glass),
    "Boom Bap": (street.boom_bap, gear.cassette, gear.sampler, gear.microphone),
    "Lo-Fi": (street.lo_fi, rooms.night_window, rooms.coffee, skies.pond),
    "R&B": (soul.r_and_b, rooms.blinds, plants.rose, rooms.cocktail),
    "Soul": (soul.soul, cloth.quilt, cloth.seventies_stripes, plants.groovy_flowers),
    "Neo-Soul": (soul.neo_soul, plants.cut_outs, rooms.arches, rooms.still_life),
    "Alternative R&B": (soul.alternative_r_and_b, skies.eclipse, rooms.lone_door, optics.coil),
    "Trap Soul": (soul.trap_soul, rooms.candles, light.strands, skies.moon_phases),
    "Pop": (pop.pop, summer.cherries, summer.lollipop, summer.balloons),
    "Synth Pop": (pop.synth_pop, gear.synthesiser, light.equaliser, optics.television),
    "Indie Pop": (pop.indie_pop, summer.paper_boat, summer.citrus, cloth.gingham),
    "Dance Pop": (pop.dance_pop, light.dance_floor, optics.streamers, light.fireworks),
    "Electronic": (club.electronic, optics.wire_globe, optics.circuit, light.bubble),
    "EDM": (club.edm, gear.speaker_stack, light.hyperspace, light.portal),
    "House": (club.house, cloth.bauhaus, skies.pool, skies.lava),
    "Techno": (club.techno, optics.twisted_squares, optics.concrete, optics.halftone),
    "Future Bass": (club.future_bass, plants.crystals, skies.aurora, plants.blossom),
    "Rock": (world.rock, gear.amplifier, gear.guitar, light.flames),
    "Alternative": (world.alternative, optics.eye, cloth.collage, cloth.truchet),
    "Latin": (world.latin, cloth.paper_banners, plants.cacti, gear.congas),
    "Reggaeton": (world.reggaeton, summer.parasol, plants.monstera, summer.sunglasses),
    "Bachata": (soul.bachata, rooms.painted_houses, rooms.folding_fan, skies.night_sea),
    "Afrobeats": (world.afrobeats, cloth.mud_cloth, gear.drum_head, plants.baobab),
    "Afro-Pop": (world.afro_pop, cloth.wax_print, cloth.beadwork, cloth.basket),
    "Amapiano": (world.amapiano, skies.dunes, cloth.house_paint, gear.log_drum),
}
