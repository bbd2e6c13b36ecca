import type { ExecuteOptions, RunEvent, Workflow } from "@polyloom/core";
import type { BaseRuntime } from "@polyloom/core/runtime";
import { LocalRuntime } from "@polyloom/runtime-local";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ParallelRuntime } from "../parallel-runtime.ts";
import { QUICK_START } from "../quick-start.fixture.ts";
import { flowOf, sketches } from "./random-flow.fixture.ts";

/** How many random workflows; set PROPERTY_RUNS to hunt. */
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 100);

/** All that two runtimes have to agree on: times, places and the order among independent nodes are none of it. */
async function observe(runtime: BaseRuntime, flow: Workflow, options: ExecuteOptions): Promise<unknown> {
  const events: Record<string, string[]> = {};
  const numbers: number[] = [];
  const onEvent = (event: RunEvent): void => {
    numbers.push(event.seq);
    if ("nodeId" in event) (events[event.nodeId] ??= []).push(textOf(event));
  };
  const result = await runtime.execute(flow, { ...options, observers: [{ onEvent }] });
  const nodes = Object.entries(result.nodes).map(([id, { status, attempts }]) => [id, status, attempts]);
  const cycles = Object.entries(result.cycles).map(([name, { iterations, reason }]) => [name, iterations, reason]);
  const errors = result.errors.map(({ code, nodeId, iteration, attempt, message, cause }) =>
    JSON.stringify([code, nodeId, iteration, attempt, message, String(cause)]),
  );
  // Items of a map may end in any order.
  for (const id in events) if (id.endsWith("-map")) events[id]!.sort();
  expect(numbers).toEqual(numbers.map((_, at) => at + numbers[0]!));
  return {
    status: result.status,
    results: result.results,
    nodes,
    cycles,
    errors: new Set(errors.map((each) => JSON.stringify(each))),
    events,
  };
}

const LEFT_OUT: ReadonlySet<string> = new Set(["seq", "time", "runId", "durationMs"]);

/** An event without its number and its times. */
function textOf(event: RunEvent): string {
  return JSON.stringify(event, (key, value: unknown) => (LEFT_OUT.has(key) ? undefined : value));
}

test.each([true, false])(
  "S1 S3 S9 R2 C1 C5 C8 D2 E2 E4 E6 O1 · random workflows give what they give on the local runtime, fuse: %s",
  async (fuse) => {
    await using local = new LocalRuntime();
    await using parallel = new ParallelRuntime({ maxWorkers: 2, fuse, env: QUICK_START });
    const holds = async (steps: Parameters<typeof flowOf>[0]): Promise<void> => {
      const options = { onFailure: "continue" } as const;
      const expected = await observe(local, flowOf(steps), options);
      expect(await observe(parallel, flowOf(steps), options)).toEqual(expected);
    };
    await fc.assert(fc.asyncProperty(sketches, holds), { numRuns: RUNS });
  },
  120_000,
);
