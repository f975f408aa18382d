"""How alike two pictures are, at the size of a thumbnail."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float64]

_TO_XYZ = np.array([[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def colours(picture: Image.Image, edge_px: int = 24) -> Floats:
    """CIE L*a*b* of a thumbnail, shape (edge_px, edge_px, 3): distances are as large as they look."""
    rgb = _thumbnail(picture, edge_px) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    share = linear @ _TO_XYZ / _WHITE
    x, y, z = np.moveaxis(np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def apart(one: Floats, other: Floats) -> float:
    """Mean difference of colour, place by place; 2.3 is just noticed."""
    return float(np.sqrt(((one - other) ** 2).sum(-1)).mean())


def edges(picture: Image.Image) -> Floats:
    """Where a picture changes, whatever its colours: 20 x 20 places, with mean 0 and deviation 1."""
    down, across = np.gradient(_thumbnail(picture, 80), axis=(0, 1))
    change = np.sqrt(down**2 + across**2).max(-1)
    places: Floats = np.sqrt(change.reshape(20, 4, 20, 4).mean((1, 3))).ravel()
    flat: Floats = (places - places.mean()) / places.std()
    return flat


def same_composition(one: Floats, other: Floats) -> float:
    """Correlation of two pictures' edges: 1 for the same drawing in other colours."""
    return float((one * other).mean())


def palette(picture: Image.Image) -> dict[tuple[int, ...], float]:
    """Share of the picture that each colour has, in steps of 20."""
    steps = np.floor(colours(picture, 40) / 20).astype(int).reshape(-1, 3)
    kinds, counts = np.unique(steps, axis=0, return_counts=True)
    return {
        tuple(kind): count / len(steps) for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True)
    }


def shared(one: dict[tuple[int, ...], float], other: dict[tuple[int, ...], float]) -> float:
    """How much of two palettes is the same, from 0 to 1."""
    return sum(min(share, other.get(color, 0)) for color, share in one.items())


def _thumbnail(picture: Image.Image, edge_px: int) -> Floats:
    small = picture.convert("RGB").resize((edge_px, edge_px), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float64)
