// Runs the questions of histories through XState and prints where it disagrees.
// node run_xstate.mjs <folder of node_modules> <file with one round a line: {charts, histories}>
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const [, , folder, file] = process.argv;
const { createMachine, createActor } = createRequire(folder + "/")("xstate");
const compare = {
  ">=": (a, b) => a >= b, "<=": (a, b) => a <= b, ">": (a, b) => a > b,
  "<": (a, b) => a < b, "==": (a, b) => a === b,
};
const guards = {
  facts: ({ event }, { all }) =>
    all.every((one) => compare[one.operator](event.facts[one.fact], one.threshold)),
};
const wrong = [];
let asked = 0;
// What XState says that it does: the transitions of each step, with the rule that they bear.
let rules = [];
const inspect = (told) => {
  if (told.type === "@xstate.microstep") rules.push(...told._transitions.map((one) => one.meta.rule));
};
for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
  const { charts, histories } = JSON.parse(line);
  const machines = Object.entries(charts).map(([axis, chart]) => [axis, createMachine(chart, { guards })]);
  const machineOf = Object.fromEntries(machines);
  for (const questions of histories) {
    const actors = {};
    for (const { subject, kind, facts, after, rule } of questions) {
      const axis = subject < 0 ? "situation" : "position";
      actors[subject] ??= createActor(machineOf[axis], { inspect }).start();
      rules = [];
      actors[subject].send({ type: kind, facts });
      asked += 1;
      const found = actors[subject].getSnapshot().value;
      const expected = rule === null ? [] : [rule];
      if (found !== after || JSON.stringify(rules) !== JSON.stringify(expected))
        wrong.push({ kind, facts, found, after, rules, expected });
    }
  }
}
console.log(JSON.stringify({ asked, wrong: wrong.slice(0, 10) }));
