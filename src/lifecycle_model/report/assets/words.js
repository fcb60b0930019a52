// What the page says: words of the language chosen, numbers and dates as it writes them.
"use strict";

const page = JSON.parse(document.getElementById("page").textContent);
let language = document.documentElement.lang;

function words() {
  return page.words[language];
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function word(key, values = {}) {
  return filled(words().page[key], values);
}

// What has no name of its own, such as a rule of the user's, is called by its id.
function named(kind, id) {
  return Object.hasOwn(words()[kind], id) ? words()[kind][id] : id;
}

function reason(text) {
  const key = `reason.${text}`;
  return Object.hasOwn(words().page, key) ? words().page[key] : text;
}

function decimal(value, digits = 2) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

function whole(value) {
  return decimal(value, 0);
}

function percent(value) {
  const form = { style: "percent", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, form).format(value);
}

function day(iso) {
  const form = { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" };
  return new Intl.DateTimeFormat(language, form).format(new Date(`${iso}T00:00:00Z`));
}
