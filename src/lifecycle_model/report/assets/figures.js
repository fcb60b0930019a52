// The sections of figures, from the top of the page to the forecast.

function statesBy(names) {
  return names.map((one) => [one, named("states", one)]);
}

function card(label, figure, show, note) {
  const missing = figure.value === null;
  return make("div", { class: "card" },
    make("dt", {}, label),
    make("dd", { class: missing ? "value missing" : "value" },
      missing ? reason(figure.reason) : show(figure.value)),
    note ? make("dd", {}, ...note.map((line) => make("small", {}, line))) : null);
}

function parts(figure, show) {
  if (figure.value === null) return [];
  const found = [];
  if (figure.below !== undefined && figure.below !== null) {
    found.push(word("page.of", { above: whole(figure.above), below: whole(figure.below) }));
  }
  if (figure.low !== undefined && figure.low !== null) {
    found.push(word("page.between", { low: show(figure.low), high: show(figure.high) }));
  }
  return found;
}

function showHeadline() {
  const found = page.headline;
  const when = found.since ? [period(found.since)] : [];
  const share = found.customers.value
    ? [percent(found.active.value / found.customers.value)] : [];
  const one = (name, show, note) => card(word(`headline.${name}`), found[name], show, note);
  const score = (value) => decimal(value, 1);
  document.getElementById("headline").replaceChildren(
    one("customers", whole, []),
    one("active", whole, share),
    one("dissatisfied", whole, []),
    one("new", whole, when),
    one("resurrected", whole, when),
    one("churned", whole, when),
    one("retention", percent, [...parts(found.retention, percent), ...when]),
    one("quick_ratio", decimal, [...parts(found.quick_ratio, decimal), ...when]),
    one("win_rate", percent, parts(found.win_rate, percent)),
    one("nps", score, parts({ ...found.nps, below: null }, score)));
}

async function showStanding() {
  const rows = page.standing;
  const days = [...new Set(rows.map((row) => row.at))];
  const held = new Map(rows.map((row) => [`${row.at} ${row.state}`, row.customers]));
  detail("standing").replaceChildren(folded(table(
    [word("column.date"), ...statesBy(SITUATIONS).map(([, name]) => name)],
    days.map((at) => [day(at), ...SITUATIONS.map((one) => number(whole(held.get(`${at} ${one}`))))]))));
  await draw("standing", rows.map((row) => withDate(withState(row), row.at, day(row.at))));
}

function showAxes() {
  const held = new Map(page.axes.map((row) => [`${row.situation} ${row.position}`, row.customers]));
  detail("axes").replaceChildren(heat(
    word("column.state"), statesBy(SITUATIONS), statesBy(POSITIONS),
    (situation, position) => held.get(`${situation} ${position}`) ?? 0));
}

async function showFunnel() {
  const { steps, standing } = page.funnel;
  const counts = ["at_start", "appeared", "entered", "left", "at_end"];
  detail("funnel").replaceChildren(
    table(
      ["step", "at_risk", "converted", "conversion", "lower_quartile", "median"]
        .map((name) => word(`column.${name}`)),
      steps.map((row) => [
        word(`step.${row.step}`),
        number(whole(row.conversion.below)),
        number(whole(row.conversion.above)),
        figureCell(row.conversion, percent),
        dayCell(row, "lower_quartile"),
        dayCell(row, "median"),
      ])),
    folded(table(
      ["state", "level", ...counts].map((name) => word(`column.${name}`)),
      standing.map((row) => [
        named("states", row.state), word(`level.${row.level}`),
        ...counts.map((name) => number(whole(row[name]))),
      ]))));
  await draw("funnel", steps.map((row) => ({
    step: word(`step.${row.step}`),
    at_risk: row.conversion.below,
    converted: row.conversion.above,
    share: row.conversion.value === null ? "" : percent(row.conversion.value),
  })));
}

function showFlows() {
  const moved = new Map(page.flows.moves.map((row) => [`${row.before} ${row.after}`, row.moves]));
  detail("flows").replaceChildren(heat(
    `${word("column.before")} ↓ ${word("column.after")} →`,
    statesBy(SITUATIONS), statesBy(SITUATIONS),
    (before, after) => moved.get(`${before} ${after}`) ?? 0));
}

async function showSurvival() {
  const rows = page.flows.held;
  detail("survival").replaceChildren(table(
    ["state", "cases", "ended", "lower_quartile", "median", "upper_quartile", "entries", "cumulative_days"]
      .map((name) => word(`column.${name}`)),
    rows.map((row) => [
      named("states", row.state),
      number(whole(row.cases)),
      number(whole(row.ended)),
      dayCell(row, "lower_quartile"),
      dayCell(row, "median"),
      dayCell(row, "upper_quartile"),
      cellOf(row.entries, decimal),
      cellOf(row.cumulative_days, whole),
    ])));
  await draw("survival", page.flows.survival.map(withState));
}

async function showDeals() {
  const { outcomes, cycle, pipeline, positions, average_value, velocity } = page.deals;
  const rates = ["win_rate", "competitor_rate", "no_decision_rate", "backward_rate", "skipping_rate"];
  const waiting = new Map(pipeline.map((row) => [row.state, row.open]));
  detail("deals").replaceChildren(
    table(
      [word("column.outcome"), word("column.deals"), word("column.conversion")],
      rates.map((name) => [
        word(`deal.${name}`),
        cellOf(outcomes[name].above, whole),
        figureCell(outcomes[name], percent),
      ])),
    make("dl", { class: "cards" },
      ...["closed", "direct"].map((name) => card(word(`deal.${name}`), { value: outcomes[name] }, whole, [])),
      card(word("deal.cycle"), { value: cycle.median, reason: cycle.median_reason }, whole, []),
      card(word("deal.average_value"), average_value, money, []),
      card(word("deal.velocity"), velocity, money, [])),
    table(
      ["position", "open", "cases", "median"].map((name) => word(`column.${name}`)),
      pipeline.map(({ state }) => {
        const held = positions.find((row) => row.state === state)
          ?? { cases: 0, median: null, median_reason: "fewer than half have ended" };
        return [named("states", state), number(whole(waiting.get(state))),
          number(whole(held.cases)), dayCell(held, "median")];
      })));
  await draw("deals", outcomes.closed ? rates.slice(0, 3).map((name, place) => ({
    outcome: word(`deal.${name}`), deals: outcomes[name].above, place,
    share: percent(outcomes[name].value),
  })) : []);
}

async function showSatisfaction() {
  const { nps, complaints, to_resolve, to_recover, recovered, lost } = page.satisfaction;
  const asked = new Map(nps.map((row) => [row.period, row]));
  const median = (row) => ({ value: row.median, reason: row.median_reason });
  detail("satisfaction").replaceChildren(
    make("dl", { class: "cards" },
      card(word("content.to_resolve"), median(to_resolve), whole, []),
      card(word("content.to_recover"), median(to_recover), whole, []),
      card(word("content.recovered"), { value: recovered }, whole, []),
      card(word("content.lost"), { value: lost }, whole, [])),
    folded(table(
      ["period", "answers", "nps", "complaints", "complaints_per_1000"].map((name) => word(`column.${name}`)),
      complaints.map((row) => {
        const answers = asked.get(row.period);
        return [
          period(row.period),
          number(whole(answers.answers)),
          figureCell({ value: answers.nps, reason: answers.nps_reason }, (one) => decimal(one, 1)),
          number(whole(row.complaints)),
          figureCell({ value: row.complaints_per_1000, reason: row.complaints_per_1000_reason }, decimal),
        ];
      }))));
  const answered = nps.filter((row) => row.answers).map((row) => withDate(row, row.period, period(row.period)));
  const complained = complaints.some((row) => row.complaints) ? complaints : [];
  await Promise.all([
    draw("nps", answered),
    draw("complaints", complained.map((row) => withDate(row, row.period, period(row.period)))),
  ]);
}

async function showForecast() {
  const { expected, loss, reason: missing } = page.forecast;
  page.charts.forecast.encoding.x.title = `@ahead.${page.period}`;
  detail("forecast").replaceChildren(missing
    ? make("p", { class: "note" }, reason(missing))
    : table(
      [word("column.state"), word("column.periods_to_loss")],
      loss.filter((row) => row.state !== "non_customer").map((row) => [
        named("states", row.state),
        figureCell({ value: row.periods, reason: row.reason }, (one) => decimal(one, 1)),
      ])));
  await draw("forecast", expected.map(withState));
}
