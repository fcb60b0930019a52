// Charts: a specification, filled with the words of the language and the colours of the page.

const SITUATIONS = ["non_customer", "potential", "occasional", "regular", "preferred", "dissatisfied"];
const POSITIONS = ["status_quo", "needs_recognition", "options_evaluation", "concerns_resolution", "implementation"];
const COLOURS = ["#8b93a1", "#56b4e9", "#e69f00", "#009e73", "#3d6fd6", "#d55e00"];

function colourOf(situation) {
  return COLOURS[SITUATIONS.indexOf(situation)];
}

// "@situations" and "@colours" stand for lists, any other "@key" for a word.
function inWords(part) {
  if (part === "@situations") return SITUATIONS.map((one) => named("states", one));
  if (part === "@colours") return COLOURS;
  if (typeof part === "string" && part.startsWith("@")) return word(part.slice(1));
  if (Array.isArray(part)) return part.map(inWords);
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, inWords(value)]));
}

function look() {
  const narrow = window.innerWidth < 640;
  const style = getComputedStyle(document.documentElement);
  const [ink, faint, line, accent] = ["--ink", "--faint", "--line", "--accent"]
    .map((name) => style.getPropertyValue(name).trim());
  return {
    background: "transparent",
    font: "system-ui, sans-serif",
    view: { stroke: null },
    axis: {
      labelColor: faint, titleColor: faint, gridColor: line, domainColor: line, tickColor: line,
      labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelSeparation: 8,
      labelLimit: narrow ? 150 : 280,
    },
    legend: {
      labelColor: ink, titleColor: faint, labelFontSize: 12, orient: "bottom", title: null,
      columns: narrow ? 2 : 6, symbolType: "circle", labelLimit: 200,
    },
    title: { color: ink, fontSize: 13, fontWeight: "normal", anchor: "start" },
    text: { color: ink },
    bar: { color: accent },
    line: { color: accent },
    point: { color: accent },
  };
}

const drawn = {};

async function draw(id, rows) {
  const host = document.getElementById(`chart-${id}`);
  drawn[id]?.finalize();
  delete drawn[id];
  host.replaceChildren();
  host.hidden = !rows.length;
  if (host.hidden) return;
  const spec = { ...inWords(page.charts[id]), data: { values: rows }, config: look() };
  drawn[id] = await vegaEmbed(host, spec, {
    mode: "vega-lite",
    renderer: "svg",
    actions: false,
    // The page forbids scripts to make code of text: expressions are interpreted instead.
    ast: true,
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
    formatLocale: page.locales[language].number,
    timeFormatLocale: page.locales[language].time,
  });
}

function withState(row) {
  return { ...row, name: named("states", row.state), place: SITUATIONS.indexOf(row.state) };
}

function withDate(row, at, date) {
  return { ...row, at, date };
}
