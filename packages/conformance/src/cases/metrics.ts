import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Metrics, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fork } from "../fixtures/branches.ts";
import { retried } from "../fixtures/failures.ts";
import { increment, number } from "../fixtures/numbers.ts";

const ON = { collectMetrics: true } as const;

/** A node that runs twice, one that runs once, and one that is skipped. */
function measured(): Workflow {
  const flow = new Workflow("measured");
  const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
  const step = flow.addNode("step", increment, { value: branch.out.left });
  flow.addNode("skipped", number, { value: branch.out.right });
  flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(2).build();
  return flow;
}

function counts({ nodeTimes }: Metrics): Record<string, number> {
  return Object.fromEntries(Object.entries(nodeTimes).map(([id, { count }]) => [id, count]));
}

export const metrics: readonly Case[] = casesOf("O3", {
  "a result has the times of the nodes that ran, and of no other": async (subject) => {
    const result = await subject.completed(measured(), {}, ON);
    assert.ok(result.metrics);
    assert.deepEqual(counts(result.metrics), { branch: 1, step: 2 });
    assert.ok(result.metrics.totalTime >= 0);
    assert.ok(result.metrics.memoryUsage.heapUsed > 0);
  },
  "times are in order: min, median, 95th percentile, max, and their sum": async (subject) => {
    const { metrics: found } = await subject.completed(measured(), {}, ON);
    const { min, mean, max, p50, p95, total, queueWait } = found!.nodeTimes["step"]!;
    assert.ok(0 <= min && min <= mean && mean <= max && max <= total, JSON.stringify({ min, mean, max, total }));
    assert.ok(min <= p50 && p50 <= p95 && p95 <= max, JSON.stringify({ min, p50, p95, max }));
    assert.ok(queueWait >= 0);
  },
  "retries are counted on their node": async (subject) => {
    const flow = new Workflow("retries");
    flow.addNode("one", retried, { attempt: 3 });
    flow.addNode("two", retried, { attempt: 1 });
    const { metrics: found } = await subject.completed(flow, {}, ON);
    assert.deepEqual([found!.nodeTimes["one"]?.retries, found!.nodeTimes["two"]?.retries], [2, 0]);
  },
  "getMetrics adds up the runs of a runtime": async (subject) => {
    const runtime = await subject.create(ON);
    await subject.execute(runtime, measured());
    await subject.execute(runtime, measured());
    const total = runtime.getMetrics();
    assert.deepEqual([total.runs, counts(total)], [2, { branch: 2, step: 4 }]);
    assert.equal((await subject.create(ON)).getMetrics().runs, 0);
  },
  "every form says the same numbers, with units in the names": async (subject) => {
    const { metrics: found } = await subject.completed(measured(), {}, ON);
    const document = found!.toJSON();
    assert.equal(document.totalTimeMs, found!.totalTime);
    assert.equal(document.nodes["step"]?.totalMs, found!.nodeTimes["step"]?.total);
    const text = found!.toPrometheus();
    assert.match(text, /^polyloom_node_duration_seconds_count\{node="step"\} 2$/m);
    assert.ok(
      text.includes(`polyloom_node_duration_seconds_sum{node="step"} ${document.nodes["step"]!.totalMs / 1000}`),
    );
  },
  "export writes them to a file, in either format": async (subject) => {
    const { metrics: found } = await subject.completed(measured(), {}, ON);
    const folder = await mkdtemp(join(tmpdir(), "polyloom-"));
    try {
      await found!.export(join(folder, "metrics.json"));
      await found!.export(join(folder, "metrics.txt"), { format: "prometheus" });
      const written = JSON.parse(await readFile(join(folder, "metrics.json"), "utf8")) as unknown;
      assert.deepEqual(written, JSON.parse(JSON.stringify(found)));
      assert.equal(await readFile(join(folder, "metrics.txt"), "utf8"), found!.toPrometheus());
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  "off changes nothing, and collects nothing": async (subject) => {
    const runtime = await subject.create();
    const off = await subject.execute(runtime, measured());
    const on = await subject.completed(measured(), {}, ON);
    assert.deepEqual(off.results, on.results);
    assert.deepEqual([off.metrics, runtime.getMetrics().runs], [undefined, 0]);
  },
});
