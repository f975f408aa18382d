"""The audio engine: pure functions on arrays and bytes, run in a child process of the audio worker."""
