// Runs the questions of histories through XState and prints where it disagrees.
// node run_xstate.mjs <folder of node_modules> <file with [{charts, questions}]>
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
JSON.parse(readFileSync(file, "utf8")).forEach(({ charts, questions }, number) => {
  const actors = {};
  for (const { subject, kind, facts, after } of questions) {
    const chart = charts[subject < 0 ? "situation" : "position"];
    actors[subject] ??= createActor(createMachine(chart, { guards })).start();
    actors[subject].send({ type: kind, facts });
    asked += 1;
    const found = actors[subject].getSnapshot().value;
    if (found !== after) wrong.push({ number, kind, found, after });
  }
});
console.log(JSON.stringify({ asked, wrong }));
