"""What keeps BeatPass from starting."""


class StartError(Exception):
    """One sentence for the person at the terminal."""
