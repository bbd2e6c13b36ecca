import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Workflow } from "@polyloom/core";
import { expect, test } from "vitest";
import { addOne, exit } from "./fault.fixture.ts";
import { ParallelRuntime } from "./parallel-runtime.ts";
import { QUICK_START } from "./quick-start.fixture.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function chain(): Workflow {
  const flow = new Workflow("chain");
  let value = flow.addNode("n0", addOne, { value: 0 }).out.value;
  for (let at = 1; at < 5; at++) value = flow.addNode(`n${at}`, addOne, { value }).out.value;
  return flow;
}

/** Threads of the process that live, idle or not. */
function threads(): number {
  return (process.report.getReport() as unknown as { workers: unknown[] }).workers.length;
}

/** What closes has a moment for it. */
function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

async function settledTo(expected: number): Promise<number> {
  for (const until = performance.now() + 5000; threads() > expected && performance.now() < until;) await wait(5);
  return threads();
}

test("K4 · hundreds of runs on one runtime leave no listener, and close leaves no thread", async () => {
  const before = threads();
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): void => void warnings.push(name);
  process.on("warning", onWarning);
  const controller = new AbortController();
  const runtime = new ParallelRuntime({ maxWorkers: 2, fuse: false, memoryLimit: "512MB", env: QUICK_START });
  const flow = chain();
  for (let run = 0; run < 300; run++)
    expect((await runtime.execute(flow, { signal: controller.signal })).results["n4"]).toEqual({ value: 5 });
  expect(runtime.workers().reduce((starts, worker) => starts + worker.starts, 0)).toBeLessThanOrEqual(2);
  await runtime.close();
  expect(await settledTo(before)).toBe(before);
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
}, 60_000);

test("K4 · a thousand runs on one runtime leave memory as it was", async () => {
  await using runtime = new ParallelRuntime({ maxWorkers: 2, env: QUICK_START });
  const flow = chain();
  for (let run = 0; run < 200; run++) await runtime.execute(flow);
  const before = heapUsed();
  for (let run = 0; run < 1000; run++) await runtime.execute(flow);
  // A kilobyte a run would be a megabyte.
  expect(heapUsed() - before).toBeLessThan(500_000);
}, 120_000);

test("K4 · threads that died are gone as well", async () => {
  const before = threads();
  const runtime = new ParallelRuntime({ maxWorkers: 2, env: QUICK_START });
  const flow = new Workflow("quit");
  for (let at = 0; at < 6; at++) flow.addNode(`n${at}`, exit, { code: at });
  const result = await runtime.execute(flow, { onFailure: "continue" });
  expect(result.errors).toHaveLength(6);
  await runtime.close();
  expect(await settledTo(before)).toBe(before);
}, 60_000);

test("K4 · an idle worker ends after its time, and a new one starts when it is needed", async () => {
  const before = threads();
  await using runtime = new ParallelRuntime({ maxWorkers: 1, idleTimeoutMs: 20, env: QUICK_START });
  await runtime.execute(chain());
  expect(await settledTo(before)).toBe(before);
  await runtime.execute(chain());
  expect(runtime.workers()[0]?.starts).toBe(2);
}, 60_000);

test("K4 · workers that stay are there after their idle time, and gone after close", async () => {
  const before = threads();
  const runtime = new ParallelRuntime({ maxWorkers: 3, minWorkers: 2, idleTimeoutMs: 10, env: QUICK_START });
  expect(threads()).toBe(before);
  await runtime.execute(chain());
  await expect.poll(() => runtime.workers().map(({ starts }) => starts), { timeout: 10_000 }).toEqual([1, 1, 0]);
  // Longer than one that does not stay would.
  await wait(50);
  expect(threads()).toBe(before + 2);
  await runtime.close();
  expect(await settledTo(before)).toBe(before);
}, 60_000);

test("a program ends by itself while its runtime is open", async () => {
  const { execFile } = await import("node:child_process");
  const { promisify } = await import("node:util");
  const file = new URL("open-runtime.fixture.ts", import.meta.url).pathname;
  const flags = ["--conditions=polyloom-source", "--no-memory-protection-keys"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file], { timeout: 30_000 });
  expect(stdout).toBe("done\n");
}, 60_000);
