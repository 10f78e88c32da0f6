// Making elements without markup: text is only ever set as text.

/**
 * An element. `given` holds attributes; `onClick`-like names add listeners, `hidden`-like booleans
 * switch attributes on and off. Children are elements, text, or nothing (null, false, "").
 */
export function el(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2).toLowerCase(), value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child || child === 0));
  return made;
}

/** The element with that id; the page's template has it. */
export const $ = (id) => document.getElementById(id);

/** A button that is a switch now, on or off; or no switch, but something to press. */
export function asSwitch(button, is, on) {
  if (is) button.setAttribute("role", "switch");
  else button.removeAttribute("role");
  if (is) button.setAttribute("aria-checked", String(on));
  else button.removeAttribute("aria-checked");
}

/** Sets text only when it differs, so that nothing is read aloud or repainted for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
