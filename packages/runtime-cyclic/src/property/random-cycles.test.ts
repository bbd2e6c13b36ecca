import type { RunEvent, Workflow } from "@polyloom/core";
import type { BaseRuntime } from "@polyloom/core/runtime";
import { LocalRuntime } from "@polyloom/runtime-local";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CyclicRuntime } from "../cyclic-runtime.ts";
import { ParallelCyclicRuntime } from "../parallel-cyclic-runtime.ts";
import { QUICK_START } from "../workers.fixture.ts";
import { flowOf, sketches } from "./random-cycles.fixture.ts";

/** How many random workflows; set PROPERTY_RUNS to hunt. */
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 60);

const LEFT_OUT: ReadonlySet<string> = new Set(["seq", "time", "runId", "durationMs", "elapsedMs"]);

/** All that runtimes have to agree on: times, places and the order among independent nodes are none of it. */
async function observe(runtime: BaseRuntime, flow: Workflow): Promise<unknown> {
  const events: Record<string, string[]> = {};
  const onEvent = (event: RunEvent): void => {
    const who = "nodeId" in event ? event.nodeId : "cycle" in event ? `cycle ${event.cycle}` : undefined;
    if (who !== undefined) (events[who] ??= []).push(textOf(event));
  };
  const { status, results, nodes, cycles, errors } = await runtime.execute(flow, {
    onFailure: "continue",
    observers: [{ onEvent }],
  });
  const failures = errors.map(({ cause, ...failure }) => textOf({ ...failure, cause: String(cause) }));
  const states = Object.entries(nodes).map(([id, { status: state, attempts }]) => [id, state, attempts]);
  return { status, results, states, cycles: textOf(cycles), failures: failures.toSorted(), events };
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => (LEFT_OUT.has(key) ? undefined : part));
}

test(
  "C1 C3 C5 C6 C7 C8 C12 E2 E6 O1 · random cycles give what they give on the local runtime",
  { timeout: 300_000 },
  async () => {
    await using local = new LocalRuntime();
    await using cyclic = new CyclicRuntime({
      history: { iterations: 2, bytes: 500 },
      memoryLimit: "1MB",
      collectMetrics: true,
    });
    const options = { maxWorkers: 2, env: QUICK_START };
    await using steps = new ParallelCyclicRuntime({ ...options, cycleBatchSize: 1 });
    await using batches = new ParallelCyclicRuntime({ ...options, cycleBatchSize: 5, collectMetrics: true });
    await using unfused = new ParallelCyclicRuntime({ ...options, fuse: false });
    const holds = async (cycles: Parameters<typeof flowOf>[0]): Promise<void> => {
      const expected = await observe(local, flowOf(cycles));
      for (const runtime of [cyclic, steps, batches, unfused])
        expect(await observe(runtime, flowOf(cycles))).toEqual(expected);
    };
    await fc.assert(fc.asyncProperty(sketches, holds), { numRuns: RUNS });
  },
);
