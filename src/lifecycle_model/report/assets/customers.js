// The customers: a table to search, and what to do and what happened for the one chosen.

const STRIDE = 50;
let shown = STRIDE;

function matching() {
  const asked = document.getElementById("search").value.trim().toLocaleLowerCase(language);
  return page.customers.rows.filter((row) => [
    row.id, ...["situation", "position", "stage"].map((axis) => named("states", row[axis])),
  ].some((text) => text.toLocaleLowerCase(language).includes(asked)));
}

function dueOf(row) {
  if (row.due === null) return word("page.no_due");
  const [on, rule] = row.due;
  return word("page.due", { date: day(on), rule: named("due", rule) });
}

function stateDot(situation) {
  const dot = make("span", { class: "dot", "aria-hidden": "true" });
  dot.style.setProperty("background", colourOf(situation));
  return dot;
}

function tasksOf(row) {
  return page.customers.plans[row.plan];
}

function firstTask(row) {
  const [first, ...others] = tasksOf(row).planned.map(([id]) => words().actions[id][1]);
  if (first === undefined) return word("page.no_plan");
  const title = filled(first, { customer: row.id });
  return others.length ? `${title} (+${others.length})` : title;
}

function rowOf(row) {
  const open = make("button", { type: "button" }, row.id);
  open.addEventListener("click", () => showCustomer(row));
  const cell = (column, name, ...content) =>
    make("td", { "data-name": word(`column.${column}`), class: name }, ...content);
  return make("tr", {},
    make("th", { scope: "row" }, open),
    cell("state", "", stateDot(row.situation), named("states", row.situation)),
    cell("position", "", named("states", row.position)),
    cell("stage", "", named("states", row.stage)),
    cell("purchases", "number", whole(row.purchases)),
    cell("deadline", "wide", dueOf(row)),
    cell("plan", "wide", firstTask(row)));
}

function showTable() {
  const { all, rows } = page.customers;
  const found = matching();
  const heads = ["id", "state", "position", "stage", "purchases", "deadline", "plan"];
  document.getElementById("sample").textContent = rows.length < all
    ? word("page.sample", { all: whole(all), shown: whole(rows.length) }) : "";
  document.getElementById("found").textContent = found.length
    ? word("page.found", { found: whole(found.length), all: whole(rows.length) })
    : word("page.nobody");
  document.getElementById("more").hidden = found.length <= shown;
  document.getElementById("table").replaceChildren(make("table", {},
    make("thead", {}, make("tr", {}, ...heads.map((name) =>
      make("th", name === "purchases" ? { scope: "col", class: "number" } : { scope: "col" },
        word(`column.${name}`))))),
    make("tbody", {}, ...found.slice(0, shown).map(rowOf))));
}

function tasks(row) {
  const { planned } = tasksOf(row);
  if (!planned.length) return make("p", {}, word("page.no_plan"));
  return make("ul", { class: "plan" }, ...planned.map(([id, reasons]) => {
    const [department, title, text] = words().actions[id];
    const why = reasons.map((key) => key.split("+").map((one) => named("states", one)).join(" + "));
    return make("li", {}, make("details", {},
      make("summary", {}, `${filled(title, { customer: row.id })} (${named("departments", department)})`),
      make("p", {}, filled(text, { customer: row.id })),
      make("small", {}, why.join("; "))));
  }));
}

function waiting(row) {
  const { held } = tasksOf(row);
  if (!held.length) return null;
  return make("div", {}, make("h3", {}, word("page.held")),
    make("ul", { class: "plan" }, ...held.map(([id, holds]) => {
      const [, title, , channel] = words().actions[id];
      const why = holds.map((one) => filled(named("holds", one), { channel: named("channels", channel) }));
      return make("li", {}, `${filled(title, { customer: row.id })}: ${why.join("; ")}`);
    })));
}

function stepOf(step) {
  const when = make("time", { datetime: step[0] }, day(step[0]));
  if (step.length === 3) {
    const [, kind, details] = step;
    return make("li", { class: "event" }, when, " ", named("kinds", kind), details ? `: ${details}` : "");
  }
  const [, rule, before, after] = step;
  const item = make("li", { class: "move" }, when, " ",
    `${named("states", before)} → ${named("states", after)} (${named("rules", rule)})`);
  if (SITUATIONS.includes(after)) item.style.setProperty("--state", colourOf(after));
  return item;
}

function showCustomer(row) {
  const close = make("button", { type: "button" }, word("page.close"));
  const dialog = document.getElementById("customer");
  close.addEventListener("click", () => dialog.close());
  const states = [row.situation, row.position, row.stage, row.sales_step, row.service_state];
  dialog.replaceChildren(
    make("div", { class: "head" }, make("h2", { id: "customer-name" }, row.id), close),
    make("p", {}, stateDot(row.situation), states.map((one) => named("states", one)).join(" · ")),
    make("p", { class: "note" }, dueOf(row)),
    make("h3", {}, word("page.plan")),
    tasks(row));
  const held = waiting(row);
  if (held) dialog.append(held);
  dialog.append(make("h3", {}, word("page.story")));
  if (row.earlier) dialog.append(make("p", { class: "note" }, word("page.earlier", { count: whole(row.earlier) })));
  dialog.append(make("ol", { class: "story" }, ...row.steps.map(stepOf)));
  dialog.showModal();
  dialog.scrollTop = 0;
}
