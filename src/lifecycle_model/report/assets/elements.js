// Making elements: whatever is put into them is text, never markup.

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function detail(id) {
  return document.getElementById(`detail-${id}`);
}

// A cell is a text, a number that is ready to read, or a reason why there is none.
function number(text) {
  return { text, name: "number" };
}

function cellOf(value, show) {
  return value === null || value === undefined ? number("") : number(show(value));
}

// Figures that are missing say why.
function figureCell(figure, show) {
  if (figure.value !== null) return number(show(figure.value));
  return { text: reason(figure.reason), name: "missing" };
}

function dayCell(row, name) {
  return figureCell({ value: row[name], reason: row[`${name}_reason`] }, whole);
}

function table(heads, rows) {
  if (!rows.length) return make("p", { class: "note" }, word("page.none"));
  const named = heads.map((head, place) => {
    const numeric = rows.some((row) => row[place]?.name === "number");
    return make("th", numeric ? { scope: "col", class: "number" } : { scope: "col" }, head);
  });
  const body = rows.map(([first, ...cells]) => make("tr", {},
    make("th", { scope: "row" }, first),
    ...cells.map((cell) => typeof cell === "string"
      ? make("td", {}, cell)
      : make("td", { class: cell.name }, cell.text))));
  const whole = make("table", {}, make("thead", {}, make("tr", {}, ...named)),
    make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: "0" }, whole);
}

function folded(content) {
  return make("details", {}, make("summary", {}, word("page.table")), content);
}

// A table whose cells are the darker the larger their number.
function heat(corner, rowNames, columnNames, valueOf) {
  const values = rowNames.map(([row]) => columnNames.map(([column]) => valueOf(row, column)));
  const most = Math.max(1, ...values.flat());
  const body = rowNames.map(([, name], place) => make("tr", {},
    make("th", { scope: "row" }, name),
    ...values[place].map((value) => {
      const cell = make("td", value ? {} : { class: "zero" }, whole(value));
      cell.style.setProperty("--share", value ? 0.12 + 0.48 * Math.sqrt(value / most) : 0);
      return cell;
    })));
  const head = make("tr", {}, make("th", { scope: "col" }, corner),
    ...columnNames.map(([, name]) => make("th", { scope: "col", class: "number" }, name)));
  return make("div", { class: "scroll", tabindex: "0" },
    make("table", { class: "heat" }, make("thead", {}, head), make("tbody", {}, ...body)));
}
