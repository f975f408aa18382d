"""What thieves and players do to a recording, by ffmpeg, soxr and arithmetic. Stereo float32 in and out, 44,100 Hz."""

from collections.abc import Callable
from typing import Final

import numpy as np

from workers.audio.chromaprint import Words, half_hop_words
from workers.audio.instruments import SYNTH_RATE_HZ
from workers.audio.pcm import CHROMAPRINT_RATE_HZ, Stereo, pca_mono, resample, to_int16
from workers.demo.disguises import run_ffmpeg

CODECS: Final = {
    "mp3": ("mp3", "libmp3lame"),
    "aac": ("adts", "aac"),
    "ogg": ("ogg", "libvorbis"),
}
"""Muxer and encoder."""
Disguise = Callable[[Stereo], Stereo]


def through(codec: str, kbits: int) -> Disguise:
    def encode_and_decode(music: Stereo) -> Stereo:
        muxer, encoder = CODECS[codec]
        raw = ["-f", "f32le", "-ar", str(SYNTH_RATE_HZ), "-ac", "2"]
        body = np.ascontiguousarray(music.T).astype("<f4").tobytes()
        encoded = run_ffmpeg([*raw, "-i", "-", "-c:a", encoder, "-b:a", f"{kbits}k", "-f", muxer, "-"], body)
        decoded = run_ffmpeg(["-i", "-", *raw, "-"], encoded)
        return np.frombuffer(decoded, "<f4").reshape(-1, 2).T

    return encode_and_decode


def gain(decibel: float) -> Disguise:
    """With the rounding and clipping of a 16-bit file."""
    factor = np.float32(10 ** (decibel / 20))
    return lambda music: (np.rint(np.clip(music * factor, -1, 1) * 32767) / 32767).astype(np.float32)


def resampled(rate_hz: int) -> Disguise:
    return lambda music: resample(
        resample(music, from_hz=SYNTH_RATE_HZ, to_hz=rate_hz), from_hz=rate_hz, to_hz=SYNTH_RATE_HZ
    )


def mono(music: Stereo) -> Stereo:
    return np.repeat(music.mean(axis=0, keepdims=True), 2, axis=0)


def inverted(music: Stereo) -> Stereo:
    return music * np.array([[1], [-1]], np.float32)


def cut(start_s: float, end_s: float | None = None) -> Disguise:
    end = None if end_s is None else int(end_s * SYNTH_RATE_HZ)
    return lambda music: music[:, int(start_s * SYNTH_RATE_HZ) : end]


def all_of(*disguises: Disguise) -> Disguise:
    def worn(music: Stereo) -> Stereo:
        for disguise in disguises:
            music = disguise(music)
        return music

    return worn


def words_of(music: Stereo) -> Words:
    return half_hop_words(
        to_int16(pca_mono(resample(music, from_hz=SYNTH_RATE_HZ, to_hz=CHROMAPRINT_RATE_HZ)))
    )


DISGUISES: Final[dict[str, Disguise]] = {
    "the same file": lambda music: music,
    "MP3 at 96 kbit/s": through("mp3", 96),
    "MP3 at 320 kbit/s": through("mp3", 320),
    "AAC at 96 kbit/s": through("aac", 96),
    "Ogg Vorbis at 96 kbit/s": through("ogg", 96),
    "12 dB quieter": gain(-12),
    "6 dB louder, clipped": gain(6),
    "48 kHz": resampled(48_000),
    "22.05 kHz": resampled(22_050),
    "mono": mono,
    "one channel inverted": inverted,
    "0.1 s off the start": cut(0.1),
    "half a hop off the start": cut(0.0619),
    "a quarter of a hop off the start": cut(0.03095),
    "7.3 s off the start": cut(7.3),
    "20 s off the start": cut(20.017),
    "15 s from the middle": cut(31.4, 46.4),
    "15 s from the middle, a little later": cut(31.4372, 46.4372),
    "15 s from the middle as MP3": all_of(cut(31.37, 46.37), through("mp3", 96)),
    "quiet, inverted, cut, 22.05 kHz, MP3": all_of(
        gain(-12), inverted, cut(9.43), resampled(22_050), through("mp3", 96)
    ),
    "quiet mono AAC of 15 s": all_of(mono, gain(-12), cut(21.45, 36.45), through("aac", 96)),
}
