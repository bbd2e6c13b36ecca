import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { Clock } from "../execute/clock.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { Metrics } from "./metrics.ts";

const PORT = z.object({ x: z.number() });
const HOSTILE_ID = 'quote " back\\slash \n line';

describe("metrics", () => {
  test("of a run: total time, and by node count, sum, least, mean, most, percentiles, wait and retries (O3)", async () => {
    const metrics = await measured();
    expect(metrics).toMatchObject({ runs: 1, totalTime: 140, lateResults: 0 });
    expect(metrics.nodeTimes["loop"]).toMatchObject({
      count: 3,
      total: 30,
      min: 10,
      mean: 10,
      max: 10,
      queueWait: 0,
      retries: 0,
    });
    expect(metrics.nodeTimes["flaky"]).toMatchObject({ count: 1, total: 110, p50: 110, p95: 110, retries: 1 });
    expect(metrics.memoryUsage.heapUsed).toBeGreaterThan(1e6);
    expect(metrics.memoryUsage.rss).toBeGreaterThan(metrics.memoryUsage.heapUsed);
  });

  test("of a runtime add up its runs (O3)", async () => {
    const runtime = new InlineRuntime({ clock: testClock(), collectMetrics: true });
    const { flow } = workflow();
    await runtime.execute(flow);
    await runtime.execute(flow);
    const total = runtime.getMetrics();
    expect(total).toMatchObject({ runs: 2, totalTime: 280 });
    expect(total.nodeTimes["loop"]).toMatchObject({ count: 6, total: 60 });
    expect(total.nodeTimes["flaky"]).toMatchObject({ count: 2, retries: 2 });
  });

  test("of a runtime tell how the heap has grown since its first run began (O3)", async () => {
    const runtime = new InlineRuntime({ collectMetrics: true });
    await runtime.execute(workflow().flow);
    // Garbage of other tests may go meanwhile: only that it is looked at can be said.
    expect(runtime.getMetrics().memoryUsage.heapGrowth).not.toBe(0);
  });

  test("are there only when they are asked for (O3)", async () => {
    const runtime = new InlineRuntime();
    const result = await runtime.execute(workflow().flow);
    expect(result.metrics).toBeUndefined();
    expect(result.nodes["loop"]).toMatchObject({ startMs: undefined, durationMs: undefined });
    expect(runtime.getMetrics()).toMatchObject({ runs: 0, totalTime: 0, nodeTimes: {} });
  });

  test("a skipped node has no time, and one that ran for the first time in the next run has", async () => {
    const { flow } = workflow();
    const maybe = defineNode({
      name: "maybe",
      input: PORT,
      output: z.object({ x: z.number().optional() }),
      run: () => ({}),
    });
    const source = flow.addNode("maybe", maybe, { x: 1 });
    flow.addNode(
      "skipped",
      pass(() => undefined),
      { x: source.out.x as never },
    );
    const { metrics } = await new InlineRuntime({ collectMetrics: true, clock: testClock() }).execute(flow);
    expect(Object.keys(metrics!.nodeTimes)).not.toContain("skipped");
    expect(metrics!.nodeTimes["maybe"]!.count).toBe(1);
  });
});

describe("exports", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "polyloom-metrics-"))));
  afterAll(() => rm(folder, { recursive: true }));

  test("toJSON has the numbers with their units in the names", async () => {
    const metrics = await measured();
    const document = JSON.parse(JSON.stringify(metrics)) as ReturnType<Metrics["toJSON"]>;
    expect(document).toEqual(metrics.toJSON());
    expect(Object.keys(document.nodes["loop"]!).toSorted()).toEqual([
      "count",
      "maxMs",
      "meanMs",
      "minMs",
      "p50Ms",
      "p95Ms",
      "queueWaitMs",
      "retries",
      "totalMs",
    ]);
    expect(document).toMatchObject({ runs: 1, totalTimeMs: 140, nodes: { loop: { count: 3, totalMs: 30 } } });
    expect(document.memoryBytes).toEqual(metrics.memoryUsage);
  });

  test("toPrometheus is what a scraper reads: each sample below its type, in base units, labels escaped", async () => {
    const samples = parsePrometheus((await measured()).toPrometheus());
    expect(samples.get("polyloom_runs_total")).toBe(1);
    expect(samples.get("polyloom_run_duration_seconds_total")).toBe(0.14);
    expect(samples.get('polyloom_node_duration_seconds_count{node="loop"}')).toBe(3);
    expect(samples.get('polyloom_node_duration_seconds_sum{node="flaky"}')).toBe(0.11);
    expect(samples.get('polyloom_node_retries_total{node="flaky"}')).toBe(1);
    expect(samples.has('polyloom_node_duration_seconds_count{node="quote \\" back\\\\slash \\n line"}')).toBe(true);
  });

  test("the three say the same numbers (O3)", async () => {
    const metrics = await measured();
    const json = metrics.toJSON();
    await metrics.export(join(folder, "metrics.json"));
    await metrics.export(join(folder, "metrics.prom"), { format: "prometheus" });
    expect(JSON.parse(await readFile(join(folder, "metrics.json"), "utf8"))).toEqual(json);
    const prometheus = await readFile(join(folder, "metrics.prom"), "utf8");
    expect(prometheus).toBe(metrics.toPrometheus());
    const samples = parsePrometheus(prometheus);
    for (const [id, node] of Object.entries(json.nodes)) {
      const sample = (name: string, more = ""): number | undefined =>
        samples.get(`${name}{node="${escaped(id)}"${more}}`);
      expect(sample("polyloom_node_duration_seconds_count")).toBe(node.count);
      expect(sample("polyloom_node_duration_seconds_sum")).toBe(node.totalMs / 1000);
      expect(sample("polyloom_node_duration_seconds", ',quantile="0.5"')).toBe(node.p50Ms / 1000);
      expect(sample("polyloom_node_duration_seconds", ',quantile="0.95"')).toBe(node.p95Ms / 1000);
      expect(sample("polyloom_node_queue_wait_seconds_total")).toBe(node.queueWaitMs / 1000);
      expect(sample("polyloom_node_retries_total")).toBe(node.retries);
    }
    expect(samples.get("polyloom_heap_used_bytes")).toBe(json.memoryBytes.heapUsed);
    expect(samples.get("polyloom_resident_memory_bytes")).toBe(json.memoryBytes.rss);
    expect(samples.get("polyloom_late_results_total")).toBe(json.lateResults);
  });

  test("an unknown format is refused, and nothing is written", async () => {
    const metrics = await measured();
    await expect(metrics.export(join(folder, "no.xml"), { format: "xml" as never })).rejects.toMatchObject({
      code: "invalid_option",
    });
    await expect(readFile(join(folder, "no.xml"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

let now = 0;

/** Only nodes and waits move it. */
function testClock(): Clock {
  return {
    now: () => now,
    set: (callback, milliseconds) => setImmediate(() => ((now += milliseconds), callback())),
    clear: (timer) => clearImmediate(timer as NodeJS.Immediate),
    turn: (callback) => void setImmediate(callback),
  };
}

function pass(act: (attempt: number) => void): ReturnType<typeof defineNode<typeof PORT, typeof PORT>> {
  return defineNode({
    name: "pass",
    input: PORT,
    output: PORT,
    retry: { attempts: 2, delayMs: 90 },
    run: ({ x }, { attempt }) => (act(attempt), { x }),
  });
}

/** Three iterations of 10 ms, a node that fails once (10 + 90 + 10 ms), and one of no time with a hostile id. */
function workflow(): { flow: Workflow } {
  const flow = new Workflow("measured");
  const loop = flow.addNode(
    "loop",
    pass(() => (now += 10)),
    { x: 1 },
  );
  flow.createCycle("c").connect(loop.out.x, loop.in.x).maxIterations(3).build();
  const fails = (attempt: number): void => {
    now += 10;
    if (attempt === 1) throw new Error("once");
  };
  const flaky = flow.addNode("flaky", pass(fails), { x: loop.out.x });
  flow.addNode(
    HOSTILE_ID,
    pass(() => undefined),
    { x: flaky.out.x },
  );
  return { flow };
}

async function measured(): Promise<Metrics> {
  const result = await new InlineRuntime({ collectMetrics: true, clock: testClock() }).execute(workflow().flow);
  return result.metrics!;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** Reads the text format 0.0.4: samples by name and labels; a line or a type that does not fit fails. */
function parsePrometheus(text: string): Map<string, number> {
  expect(text.endsWith("\n")).toBe(true);
  const samples = new Map<string, number>();
  let family = "";
  for (const line of text.trimEnd().split("\n")) {
    const comment = /^# (?:HELP ([a-z_]+) [^\n]+|TYPE ([a-z_]+) (?:counter|gauge|summary))$/.exec(line);
    if (comment !== null) family = comment[1] ?? comment[2]!;
    else {
      const sample = /^(([a-z_]+)(?:\{[a-z]+="(?:[^"\\]|\\["\\n])*"(?:,[a-z]+="[^"]*")*\})?) (\S+)$/.exec(line);
      expect(sample, `sample ${line}`).not.toBeNull();
      expect(sample![2]!.replace(/_(sum|count)$/, "")).toBe(family);
      expect(Number.isFinite(Number(sample![3]))).toBe(true);
      expect(samples.has(sample![1]!)).toBe(false);
      samples.set(sample![1]!, Number(sample![3]));
    }
  }
  return samples;
}
