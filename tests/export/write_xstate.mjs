// Prints charts as XState writes the machines that it makes of them.
// node write_xstate.mjs <folder of node_modules> <file with a list of charts>
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const [, , folder, file] = process.argv;
const { createMachine } = createRequire(folder + "/")("xstate");
const charts = JSON.parse(readFileSync(file, "utf8"));
console.log(JSON.stringify(charts.map((chart) => createMachine(chart))));
