// What chats are about, as students choose it: the console shows their words, never an id.

/** What a topic is called, or nothing when somebody only asked for a person. */
export function topic(id) {
  if (!id || id === "help") return "";
  const choices = [...document.querySelectorAll("#topic option")];
  return choices.find((choice) => choice.value === id)?.textContent ?? id;
}
