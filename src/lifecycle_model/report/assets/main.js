// The page as a whole: drawn at the start, and again in another language or other colours.

const SECTIONS = ["overview", "standing", "axes", "funnel", "flows", "survival", "deals", "satisfaction", "forecast", "customers"];

function showFrame() {
  document.documentElement.lang = language;
  document.title = page.name ? `${page.name} – ${word("page.title")}` : word("page.title");
  for (const one of document.querySelectorAll("[data-word]")) {
    one.textContent = word(one.dataset.word);
  }
  const about = [
    `${word("page.policy")}: ${page.policy}`,
    `${word("page.events")}: ${whole(page.events)}`,
  ];
  if (page.name) about.unshift(`${word("page.log")}: ${page.name}`);
  if (page.first_day) {
    about.push(word("page.from_to", { first: day(page.first_day), last: day(page.last_day) }));
  }
  document.getElementById("about").textContent = about.join(" · ");
  const contents = document.getElementById("contents");
  contents.setAttribute("aria-label", word("page.contents"));
  contents.replaceChildren(make("ul", {}, ...SECTIONS.map((id) =>
    make("li", {}, make("a", { href: `#${id}` }, word(`page.${id}`))))));
}

function charts() {
  return Promise.all([
    showStanding(), showFunnel(), showSurvival(), showDeals(), showSatisfaction(), showForecast(),
  ]);
}

// For whoever waits: says that all is drawn.
async function show() {
  document.body.dataset.drawn = "";
  showFrame();
  showHeadline();
  showAxes();
  showFlows();
  showTable();
  await charts();
  document.body.dataset.drawn = language;
}

const choice = document.getElementById("language");
choice.append(...Object.entries(page.words).map(([key, texts]) =>
  make("option", { value: key, lang: key }, texts.page["page.own_name"])));
choice.value = language;
choice.addEventListener("change", () => {
  language = choice.value;
  show();
});
document.getElementById("search").addEventListener("input", () => {
  shown = STRIDE;
  showTable();
});
document.getElementById("more").addEventListener("click", () => {
  shown += STRIDE;
  showTable();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", charts);
show();
