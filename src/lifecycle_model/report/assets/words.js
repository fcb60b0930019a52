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

function decimal(value, digits = 2, least = 0) {
  const form = { maximumFractionDigits: digits, minimumFractionDigits: least };
  return new Intl.NumberFormat(language, form).format(value);
}

function whole(value) {
  return decimal(value, 0);
}

function money(value) {
  return decimal(value, 2, 2);
}

function percent(value) {
  const form = { style: "percent", maximumFractionDigits: 1, minimumFractionDigits: 1 };
  return new Intl.NumberFormat(language, form).format(value);
}

function date(iso, form) {
  const at = new Date(`${iso}T00:00:00Z`);
  return new Intl.DateTimeFormat(language, { timeZone: "UTC", year: "numeric", ...form }).format(at);
}

function day(iso) {
  return date(iso, { day: "numeric", month: "short" });
}

// The period that begins on a day.
function period(iso) {
  if (page.period === "month") return date(iso, { month: "long" });
  return page.period === "week" ? word("page.week", { since: day(iso) }) : day(iso);
}
