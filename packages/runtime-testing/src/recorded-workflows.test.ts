import { type CovRef, defineNode, Workflow } from "@polyloom/core";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { TestingRuntime } from "./index.ts";

const DATA = new URL("../../../../shared/data/", import.meta.url);
const isThere = existsSync(DATA);
const REASON = isThere ? "" : " (skipped: the recorded workflows of ../shared/data are not there)";

/** One task: how long it took, and what it waited for. */
interface RecordedTask {
  readonly id: string;
  readonly time: number;
  readonly parents: readonly string[];
}

/** Name in the table, file, tasks, edges, sum of runtimes and critical path in seconds. */
const INSTANCES = [
  ["helloworld-chain-5", "helloworld-chain-5-chameleon", 5, 4, 501.24, 501.24],
  ["helloworld-forkjoin-10", "helloworld-forkjoin-10-chameleon", 10, 16, 1028.7, 307.36],
  ["srasearch-10a", "srasearch-chameleon-10a-001", 22, 30, 6996.78, 1005.86],
  ["epigenomics-hep-1seq", "epigenomics-chameleon-hep-1seq-100k-001", 41, 48, 539.31, 104.82],
  ["montage-2mass-005d", "montage-chameleon-2mass-005d-001", 58, 114, 221.73, 21.39],
  ["epigenomics-ilmn-6seq", "epigenomics-chameleon-ilmn-6seq-50k-001", 1695, 2108, 26060, 1084.12],
] as const;

const task = defineNode({
  name: "task",
  input: z.object({ after: z.array(z.boolean()) }),
  output: z.object({ done: z.boolean() }),
  run: () => ({ done: true }),
});

describe.each(INSTANCES)("%s", (_name, file, count, edges, sum, criticalPath) => {
  // skip: the data folder stands beside the repository, and only where somebody put it
  test.skipIf(!isThere)(`S1 S5 · one worker takes exactly the sum of runtimes${REASON}`, async () => {
    const tasks = readInstance(file);
    expect(tasks).toHaveLength(count);
    expect(tasks.flatMap(({ parents }) => parents)).toHaveLength(edges);
    const makespan = await replay(tasks, 1);
    expectAbout(
      makespan,
      tasks.reduce((total, { time }) => total + time, 0),
    );
    expect(round(makespan)).toBe(sum);
  });

  // skip: the data folder stands beside the repository, and only where somebody put it
  test.skipIf(!isThere)(`S1 S2 · unlimited workers take exactly the critical path${REASON}`, async () => {
    const tasks = readInstance(file);
    const makespan = await replay(tasks, Number.POSITIVE_INFINITY);
    expectAbout(makespan, longestPath(tasks));
    expect(round(makespan)).toBe(criticalPath);
  });
});

describe("rand0000-50", () => {
  // skip: the data folder stands beside the repository, and only where somebody put it
  test.skipIf(!isThere).each([2, 4, 8, 16])(`S5 · %d workers keep Graham's bound${REASON}`, async (workers) => {
    const known = readJson("stg/optimal-makespans.json") as Record<string, Record<string, number>>;
    const optimum = known["rand0000-50.stg"]![workers]!;
    const makespan = await replay(readTaskGraph(), workers);
    expect(makespan).toBeGreaterThanOrEqual(optimum);
    expect(makespan).toBeLessThanOrEqual((2 - 1 / workers) * optimum);
  });
});

/** Runs the tasks with their times as latencies, checks the order of starts, and gives the makespan. */
async function replay(tasks: readonly RecordedTask[], maxConcurrency: number): Promise<number> {
  const flow = new Workflow("recorded");
  const runtime = new TestingRuntime({ maxConcurrency });
  const done = new Map<string, CovRef<boolean>>();
  for (const { id, time, parents } of inOrder(tasks)) {
    const node = flow.addNode(nodeId(id), task, { after: parents.map((parent) => done.get(parent)!) });
    done.set(id, node.out.done);
    runtime.setNodeLatency(node, time);
  }
  await runtime.execute(flow);
  checkStarts(tasks, runtime);
  return runtime.getMakespan();
}

/** Every task once, and none before its parents ended (S1). */
function checkStarts(tasks: readonly RecordedTask[], runtime: TestingRuntime): void {
  const order = runtime.getExecutionOrder();
  expect(order.toSorted()).toEqual(tasks.map(({ id }) => nodeId(id)).toSorted());
  const callOf = new Map(order.map((id) => [id, runtime.getNodeCalls(id)]));
  for (const { id, parents } of tasks) {
    const [call, ...others] = callOf.get(nodeId(id))!;
    expect(others).toEqual([]);
    for (const parent of parents) expect(callOf.get(nodeId(parent))![0]!.endMs).toBeLessThanOrEqual(call!.startMs);
  }
}

function nodeId(id: string): string {
  return id.replaceAll(/[.[\]/]/g, "_");
}

function inOrder(tasks: readonly RecordedTask[]): RecordedTask[] {
  const ordered = new Map<string, RecordedTask>();
  const byId = new Map(tasks.map((each) => [each.id, each]));
  const place = (each: RecordedTask): void => {
    if (ordered.has(each.id)) return;
    for (const parent of each.parents) place(byId.get(parent)!);
    ordered.set(each.id, each);
  };
  for (const each of tasks) place(each);
  return [...ordered.values()];
}

function longestPath(tasks: readonly RecordedTask[]): number {
  const ends = new Map<string, number>();
  for (const { id, time, parents } of inOrder(tasks))
    ends.set(id, Math.max(0, ...parents.map((parent) => ends.get(parent)!)) + time);
  return Math.max(...ends.values());
}

function readInstance(file: string): RecordedTask[] {
  const { workflow } = readJson(`wfinstances/${file}.json`) as {
    workflow: {
      specification: { tasks: { id: string; parents: string[] }[] };
      execution: { tasks: { id: string; runtimeInSeconds: number }[] };
    };
  };
  const times = new Map(workflow.execution.tasks.map(({ id, runtimeInSeconds }) => [id, runtimeInSeconds]));
  return workflow.specification.tasks.map(({ id, parents }) => ({ id, parents, time: times.get(id)! }));
}

/** The first line tells how many tasks there are; each row is `id time count parent…`, a dummy at both ends. */
function readTaskGraph(): RecordedTask[] {
  const lines = readFileSync(new URL("stg/rand0000-50.stg", DATA), "utf8").split("\n");
  const count = Number(lines[0]) + 2;
  return lines.slice(1, count + 1).map((line) => {
    const [id, time, , ...parents] = line.trim().split(/\s+/);
    return { id: `t${id}`, time: Number(time), parents: parents.map((parent) => `t${parent}`) };
  });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, DATA), "utf8"));
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

function expectAbout(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-6 * expected);
}
