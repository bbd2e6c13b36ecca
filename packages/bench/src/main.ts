import { cpus, totalmem } from "node:os";
import { type Arguments, readArguments, USAGE } from "./arguments.ts";
import { buildPackages } from "./build-packages.ts";
import { failedFigure, type Figure, figureOf, misses } from "./figure.ts";
import { measurePeers } from "./peers.ts";
import { Progress } from "./progress.ts";
import { type Program, PROGRAMS } from "./row.ts";
import { runProgram } from "./run-program.ts";
import type { Sample } from "./sample.ts";
import { renderPeers, renderTable } from "./table.ts";

const KNOWN = [...new Set(PROGRAMS.flatMap(({ name, rows }) => [name, ...rows.map((row) => row.name)]))];
const progress = new Progress();

try {
  await main(readArguments(process.argv.slice(2), KNOWN));
} catch (error) {
  progress.end();
  console.error(error instanceof TypeError ? `${error.message}\n\n${USAGE}` : (error as Error).message);
  process.exitCode = 2;
}

async function main(wanted: Arguments): Promise<void> {
  if (wanted.help) return console.log(USAGE);
  progress.busy("compiling the packages");
  buildPackages();
  const figures: Figure[] = [];
  for (const program of PROGRAMS) figures.push(...(await measure(program, wanted)));
  const peers = wanted.peers ? await measurePeers(wanted.processes, progress) : [];
  progress.end();
  if (wanted.json) console.log(JSON.stringify({ machine: machine(), figures, peers }, null, 2));
  else console.log(`${machineLine(wanted)}\n\n${renderTable(figures)}${wanted.peers ? `\n${renderPeers(peers)}` : ""}`);
  if (wanted.check && figures.some(misses)) process.exitCode = 1;
}

/** Runs a program's processes one after the other; the first that fails speaks for its rows. */
async function measure(program: Program, { only, processes }: Arguments): Promise<Figure[]> {
  const rows = program.rows.filter(({ name }) =>
    [program.name, name].some((each) => only.length === 0 || only.includes(each)),
  );
  if (rows.length === 0) return [];
  const count = program.processes ?? processes;
  const samples: Sample[] = [];
  try {
    for (let done = 0; done < count; done++) {
      progress.at(program.name, done, count);
      const printed = await runProgram(`./programs/${program.name}.ts`, ["--expose-gc", ...(program.flags ?? [])]);
      samples.push(...(printed as Sample[]));
    }
  } catch (error) {
    return rows.map((row) => failedFigure(row, (error as Error).message));
  }
  return rows.map((row) => figureOf(row, samples));
}

function machine(): { node: string; cpu: string; cores: number; memoryMB: number } {
  const [cpu] = cpus();
  return {
    node: process.version,
    cpu: cpu?.model ?? "unknown",
    cores: cpus().length,
    memoryMB: Math.round(totalmem() / 2 ** 20),
  };
}

function machineLine({ processes }: Arguments): string {
  const { node, cpu, cores } = machine();
  return `Node ${node}, ${cores} × ${cpu}; medians over ${processes} processes.`;
}
