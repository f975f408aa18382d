// Compares a file with the licensed one: it is hashed here, and sent nowhere.
"use strict";
for (const box of document.querySelectorAll("[data-sha256]")) {
  const said = box.querySelector("output");
  const say = (text, state) => {
    said.textContent = text;
    said.className = state;
  };
  const compare = async (file) => {
    say("Reading …", "");
    const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex === box.dataset.sha256) say("This is the licensed file.", "good");
    else say("This is not the licensed file: its SHA-256 is another.", "bad");
  };
  box.querySelector("input").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) compare(file).catch(() => say("The file could not be read.", "bad"));
  });
  box.hidden = !globalThis.crypto?.subtle; // which browsers have on secure pages alone
}
