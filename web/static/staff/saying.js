// What stands at the foot of the window, what was done or was not, goes with the next thing that somebody
// does: it covers nothing that they look for then.

const said = document.querySelector(".saying");

for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => said?.replaceChildren(), { passive: true, capture: true });
}
