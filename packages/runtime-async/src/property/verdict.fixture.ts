import type { Failure, RunResult } from "@polyloom/core";
import { isDeepStrictEqual } from "node:util";
import type { Flow, Scenario } from "./description.fixture.ts";
import type { Expected, ExpectedFailure } from "./expected.fixture.ts";
import { leavesOf } from "./leaf-wiring.fixture.ts";
import type { Observed } from "./observed.fixture.ts";

/** A failure, or the error that a run was rejected with. */
interface Told {
  readonly code: string;
  readonly nodeId: string | undefined;
  readonly iteration: number | undefined;
  readonly cause?: unknown;
}

/** Where a run differs from what the reference evaluator expects; nothing if it agrees. */
export function differences(observed: Observed, expected: Expected, scenario: Scenario): string[] {
  const isStopped = scenario.onFailure === "stop" && expected.failures.length > 0;
  return isStopped ? afterStop(observed, expected, scenario) : afterEnd(observed, expected, scenario);
}

/** A run that goes on has to agree in everything. */
function afterEnd({ result, failures }: Observed, expected: Expected, { flow }: Scenario): string[] {
  if (result === undefined) return [`the run was rejected: ${failures[0]?.message}`];
  const undone = undoneNodes(expected, flow);
  const records = (nodes: RunResult["nodes"] | Expected["nodes"]): Record<string, object> =>
    Object.fromEntries(
      Object.entries(nodes).map(([id, { status, attempts }]) => [
        id,
        undone.has(id) ? { status } : { status, attempts },
      ]),
    );
  const cycles = mapValues(result.cycles, ({ elapsedMs: _elapsedMs, ...rest }) => rest);
  const status = expected.failures.length > 0 ? "failed" : "completed";
  return [
    ...(result.status === status ? [] : [`status ${result.status}, expected ${status}`]),
    ...compare("node", records(result.nodes), records(expected.nodes)),
    ...compare("result", result.results, expected.results),
    ...compare("cycle", cycles, expected.cycles),
    ...compare("output", result.outputs as Record<string, unknown>, expected.outputs),
    ...compareFailures(failures, expected.failures),
  ];
}

/** CHOICE: of a node whose last iteration was undone, attempts may be those of that iteration or of the one that counts. */
function undoneNodes({ cycles }: Expected, flow: Flow): ReadonlySet<string> {
  const whole = new Set(
    Object.keys(cycles).filter((name) => ["converged", "max_iterations"].includes(cycles[name]!.reason)),
  );
  return new Set(
    [...leavesOf(flow).values()].filter((leaf) => leaf.cycles.some((name) => !whole.has(name))).map(({ id }) => id),
  );
}

/** Which of several failures stops a run is a matter of order; with one there is no choice (E6). */
function afterStop({ error, failures, results, cycles }: Observed, expected: Expected, { flow }: Scenario): string[] {
  if (error === undefined) return ["the run resolved, though a node failed"];
  const isExpected = expected.failures.some((each) => isSame(error, each));
  const free = new Set(
    [...leavesOf(flow).values()].flatMap(({ id, cycles: around }) => (around.length === 0 ? [id] : [])),
  );
  // CHOICE: in a run that stops, nodes inside a workflow need not wait for inputs that only a failure can kill (G9).
  const mayRunEarly = (id: string): boolean => id.includes("/") && expected.results[id] === undefined;
  const partial = Object.entries(results).filter(([id]) => free.has(id) && !mayRunEarly(id));
  const strays = failures.filter((failure) => !expected.failures.some((each) => isSame(failure, each)));
  return [
    ...(isExpected
      ? []
      : [`rejected with ${told(error)}, expected ${expected.failures.map(toldExpected).join(" or ")}`]),
    ...strays.map((failure) => `unexpected failure ${told(failure)}`),
    ...partial.flatMap(([id, value]) => compare("partial result", { [id]: value }, { [id]: expected.results[id] })),
    ...(expected.failures.length === 1 ? alone(cycles, expected) : []),
  ];
}

/** With one failure, the cycles that it ended are as far as they would be in a run that goes on. */
function alone(cycles: Observed["cycles"], expected: Expected): string[] {
  const failed = Object.entries(cycles).filter(([, { reason }]) => reason === "failed");
  const wanted = Object.entries(expected.cycles).filter(([, { reason }]) => reason === "failed");
  const strip = ({ elapsedMs: _elapsedMs, ...rest }: Observed["cycles"][string]): object => rest;
  return compare("failed cycle", mapValues(Object.fromEntries(failed), strip), Object.fromEntries(wanted));
}

function compareFailures(failures: readonly Failure[], expected: readonly ExpectedFailure[]): string[] {
  const left = [...expected];
  const strays = failures.filter((failure) => {
    const at = left.findIndex((each) => isSame(failure, each));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [
    ...strays.map((each) => `unexpected failure ${told(each)}`),
    ...left.map((each) => `missing failure ${toldExpected(each)}`),
  ];
}

function isSame(failure: Told, expected: ExpectedFailure): boolean {
  const { code, nodeId, iteration, cause, isOneOfMany } = expected;
  const sameCause = cause === undefined || isOneOfMany || (failure.cause as Error).message === cause;
  return failure.code === code && failure.nodeId === nodeId && failure.iteration === iteration && sameCause;
}

function told({ code, nodeId, iteration, cause }: Told): string {
  return JSON.stringify({ code, nodeId, iteration, cause: String((cause as Error | undefined)?.message) });
}

function toldExpected({ code, nodeId, iteration, cause }: ExpectedFailure): string {
  return JSON.stringify({ code, nodeId, iteration, cause });
}

function compare(
  what: string,
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set([...Object.keys(actual), ...Object.keys(expected)])]
    .filter((key) => !isDeepStrictEqual(actual[key], expected[key]))
    .map((key) => `${what} ${key}: ${show(actual[key])}, expected ${show(expected[key])}`);
}

function show(value: unknown): string {
  return value === undefined
    ? "nothing"
    : JSON.stringify(value, (_key, each: unknown) => (each === undefined ? "(hole)" : each));
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
