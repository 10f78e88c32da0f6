// What chats are about, as students choose it: the console shows their words, never an id.

/** What a topic is called, or nothing where no student chose one. */
export function topic(id) {
  if (!id || id === "help" || id === "drill") return "";
  const choices = [...document.querySelectorAll("#topic option")];
  return choices.find((choice) => choice.value === id)?.textContent ?? id;
}
