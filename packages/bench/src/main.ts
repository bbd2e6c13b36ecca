import { type Arguments, readArguments, USAGE } from "./arguments.ts";
import { buildPackages } from "./build-packages.ts";
import { DOCKER_PROGRAMS } from "./docker-programs.ts";
import { failedFigure, type Figure, figureOf, misses } from "./figure.ts";
import { machineText, thisMachine } from "./machine.ts";
import { measurePeers } from "./peers.ts";
import { Progress } from "./progress.ts";
import { type Program, PROGRAMS } from "./row.ts";
import { runProgram } from "./run-program.ts";
import type { Sample } from "./sample.ts";
import { renderPeers, renderTable } from "./table.ts";

const ALL = [...PROGRAMS, ...DOCKER_PROGRAMS];
const KNOWN = [...new Set(ALL.flatMap(({ name, rows }) => [name, ...rows.map((row) => row.name)]))];
const progress = new Progress();

const wanted = wantedArguments();
if (wanted?.help) console.log(USAGE);
else if (wanted !== undefined) await main(wanted);

function wantedArguments(): Arguments | undefined {
  try {
    return readArguments(process.argv.slice(2), KNOWN);
  } catch (error) {
    refuse(`${(error as Error).message}\n\n${USAGE}`);
    return undefined;
  }
}

async function main(wanted: Arguments): Promise<void> {
  const machine = thisMachine();
  progress.busy("compiling the packages");
  const problem = buildPackages(wanted.docker);
  if (problem !== undefined) return refuse(problem);
  const figures: Figure[] = [];
  for (const program of wanted.docker ? DOCKER_PROGRAMS : PROGRAMS) figures.push(...(await measure(program, wanted)));
  const peers = wanted.peers ? await measurePeers(wanted.processes, progress) : [];
  progress.end();
  if (wanted.json) console.log(JSON.stringify({ machine, figures, peers }, null, 2));
  else
    console.log(
      [machineText(machine), renderTable(figures), ...(wanted.peers ? [renderPeers(peers)] : [])].join("\n\n"),
    );
  if (wanted.check && figures.some(misses)) process.exitCode = 1;
}

function refuse(reason: string): void {
  progress.end();
  console.error(reason);
  process.exitCode = 2;
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
