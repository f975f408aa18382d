// Plays previews: one at a time, with a playhead on the waveform. Without it, the browser's own controls stay.
"use strict";

const players = [];

function enhance(box) {
  const audio = box.querySelector("audio");
  const button = box.querySelector(".play");
  const line = box.querySelector(".track-line");
  const seek = line.querySelector("input");
  const bars = [...line.querySelectorAll("rect")];
  const played = line.querySelector(".played");

  const show = () => {
    const share = audio.duration ? audio.currentTime / audio.duration : 0;
    bars.forEach((bar, place) => bar.classList.toggle("on", place < share * bars.length));
    if (played) played.style.width = `${share * 100}%`;
    seek.value = Math.round(share * 1000);
  };
  const say = () => {
    box.classList.toggle("playing", !audio.paused);
    button.setAttribute("aria-label", button.getAttribute("aria-label").replace(/^(Play|Pause)/, audio.paused ? "Play" : "Pause"));
  };

  button.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    players.filter((other) => other !== audio).forEach((other) => other.pause());
    audio.play().catch(() => box.classList.remove("ready"));
  });
  seek.addEventListener("input", () => {
    if (audio.duration) audio.currentTime = (seek.value / 1000) * audio.duration;
  });
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, say);
  for (const name of ["timeupdate", "seeked", "ended"]) audio.addEventListener(name, show);
  players.push(audio);
  button.hidden = line.hidden = false;
  box.classList.add("ready");
}

document.querySelectorAll("[data-player]").forEach(enhance);
