import { ERROR_CODES } from "@polyloom/wire";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { Clock } from "../execute/clock.ts";
import type { WorkflowError } from "../execute/failure.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { RuntimeOptions } from "../execute/options.ts";
import { everything } from "./picture.fixture.ts";
import { errorSummary, runSummary } from "./summary.ts";

const PLAIN = { color: false, width: 100 } as const;
const PORT = z.object({ x: z.number() });

describe("runSummary", () => {
  test("tells status and time, a line a node with its share and timeline, cycles and metrics", async () => {
    const text = runSummary(await timedRun({ collectMetrics: true }), PLAIN);
    expect(text).toBe(`timed completed in 40 ms on inline (run r1)

node   status     runs  attempts   time  share  timeline
first  completed     1         1  10 ms   25 %  │██████████                              │
loop   completed     3         1  30 ms   75 %  │                              ██████████│

cycle again: 3 iterations, max_iterations, 30 ms

activations 4, retries 0
in nodes 40 ms, waiting for a slot 0 µs
${text.match(/^heap .*$/m)![0]}
`);
    expect(text).toMatch(/^heap \d+\.\d MB \([+-]\d+\.\d MB\)$/m);
  });

  test("leaves the timeline out of a narrow terminal, and times where none were kept", async () => {
    const timed = await timedRun({ collectMetrics: true });
    expect(runSummary(timed, { color: false, width: 50 })).not.toContain("timeline");
    const bare = runSummary(await timedRun({}), PLAIN);
    expect(bare).toContain("timed completed on inline (run r1)");
    expect(bare).toMatch(/^node +status +attempts$/m);
    expect(bare).not.toContain("heap");
  });

  test("counts the whole run, also what came after its last node", async () => {
    const linger = { onEvent: ({ type }: { type: string }): void => void (type === "cycle.ended" && (now += 60)) };
    const result = await timedRun({ collectMetrics: true, observers: [linger] });
    expect(runSummary(result, PLAIN)).toContain("timed completed in 100 ms");
    expect(runSummary(result, PLAIN)).toMatch(/^loop .* 30 ms +30 %/m);
  });

  test("puts a workflow before the nodes inside it, and steps of it behind", async () => {
    const result = await new InlineRuntime().execute(everything(), { input: { path: "rows" } });
    const ids = runSummary(result, PLAIN).match(/^\S+(?= +completed {2,})/gm);
    expect(ids).toEqual(["load", "halves", "total", "total/sum", "large", "less", "either", "step"]);
  });

  test("shows failures with place, message and remedy, and skipped nodes", async () => {
    const { flow } = failing();
    const result = await new InlineRuntime({ onFailure: "continue" }).execute(flow, { runId: "r1" });
    const text = runSummary(result, PLAIN);
    expect(text).toContain("fails failed on inline (run r1)");
    expect(text).toMatch(/^last +skipped +0$/m);
    expect(text).toContain('✗ node_failed at node "worse", attempt 2\n  node "worse" failed: no luck');
    expect(text).toMatch(/^ {2}at .*summary\.test\.ts:\d+:\d+/m);
    expect(text).toContain(`  remedy: ${ERROR_CODES.node_failed.remedy}`);
  });

  test("shows the 40 nodes that failed or took longest, in their order", async () => {
    const flow = new Workflow("wide");
    for (let i = 0; i < 50; i++) flow.addNode(`n${i}`, i === 45 ? thrower("bad") : passer(), { x: i });
    const lines = runSummary(await new InlineRuntime({ onFailure: "continue" }).execute(flow), PLAIN).split("\n");
    expect(lines.filter((line) => /^n\d+ /.test(line))).toHaveLength(40);
    expect(lines.some((line) => /^n45 +failed/.test(line))).toBe(true);
    expect(lines).toContain("and 10 more nodes");
  });
});

describe("colour", () => {
  const { isTTY } = process.stdout;
  afterEach(() => {
    process.stdout.isTTY = isTTY;
    vi.unstubAllEnvs();
  });

  test("is there when asked for, and not otherwise", async () => {
    const result = await timedRun({});
    expect(runSummary(result, { color: true })).toContain("\u001b[32mcompleted\u001b[0m");
    expect(runSummary(result, { color: false })).not.toContain("\u001b");
  });

  test.each([
    [true, "", true],
    [true, "1", false],
    [false, "", false],
  ])("by default: terminal %s, NO_COLOR %j gives %s", async (terminal, noColor, colored) => {
    process.stdout.isTTY = terminal;
    vi.stubEnv("NO_COLOR", noColor);
    expect(runSummary(await timedRun({})).includes("\u001b")).toBe(colored);
  });

  test("of the terminal itself is not for ids and messages to choose", async () => {
    const flow = new Workflow("\u001b[2Jclear");
    flow.addNode("a\u001bc\nb", passer(), { x: 1 });
    const text = runSummary(await new InlineRuntime().execute(flow), PLAIN);
    expect(text).not.toContain("\u001b");
    expect(text).toContain("a c b");
  });
});

describe("errorSummary", () => {
  test("tells how far the run came, where it failed and what to do (E1)", async () => {
    const text = errorSummary(await errorOf(new InlineRuntime().execute(failing().flow, { runId: "r1" })), PLAIN);
    expect(text).toContain(`fails failed: node_failed (run r1)

node   status     attempts
good   completed         1
worse  failed            2
last   pending           0

✗ node_failed at node "worse", attempt 2
`);
    expect(text.endsWith(`remedy: ${ERROR_CODES.node_failed.remedy}\n`)).toBe(true);
  });

  test("names cycle, iteration and item of a failure", async () => {
    const flow = new Workflow("items");
    flow.addMap("each", thrower("no item"), { each: { x: [1, 2] } });
    expect(errorSummary(await errorOf(new InlineRuntime().execute(flow)), PLAIN)).toContain('at node "each", item 0');
    const loop = new Workflow("loop");
    const step = loop.addNode("step", passer(), { x: 1 });
    loop.createCycle("c").connect(step.out.x, step.in.x).maxIterations(2).onExhausted("fail").build();
    expect(errorSummary(await errorOf(new InlineRuntime().execute(loop)), PLAIN)).toContain(
      '✗ cycle_exhausted at cycle "c", iteration 2',
    );
  });

  test("lists every issue of a workflow that did not start, with its remedy", async () => {
    const flow = new Workflow("broken");
    flow.addNode("a", passer());
    flow.createCycle("open");
    const text = errorSummary(await errorOf(new InlineRuntime().execute(flow)), PLAIN);
    expect(text).toContain("broken did not start: workflow_invalid\n");
    expect(text).toContain("✗ cycle_unbuilt at cycle open\n");
    expect(text).toContain("remedy: end the chain with .build()");
    expect(text).toContain("✗ missing_input at a.x\n");
  });

  test("says that a run was cancelled, and how far its cycles came", async () => {
    const flow = new Workflow("long");
    const stop = new AbortController();
    const node = defineNode({
      name: "stop",
      input: PORT,
      output: PORT,
      run: ({ x }, { iteration }) => (iteration === 2 && stop.abort(), Promise.resolve({ x })),
    });
    const step = flow.addNode("step", node, { x: 1 });
    flow.createCycle("c").connect(step.out.x, step.in.x).maxIterations(9).build();
    const text = errorSummary(await errorOf(new InlineRuntime().execute(flow, { signal: stop.signal })), PLAIN);
    expect(text).toContain("long was cancelled: cancelled");
    expect(text).toMatch(/^cycle c: 1 iteration, cancelled, /m);
  });
});

function passer(): ReturnType<typeof defineNode<typeof PORT, typeof PORT>> {
  return defineNode({ name: "pass", input: PORT, output: PORT, run: ({ x }) => ({ x }) });
}

function thrower(message: string): ReturnType<typeof defineNode<typeof PORT, typeof PORT>> {
  return defineNode({
    name: "throw",
    input: PORT,
    output: PORT,
    retry: { attempts: 2, delayMs: 0 },
    run: () => {
      throw new Error(message);
    },
  });
}

function failing(): { flow: Workflow } {
  const flow = new Workflow("fails");
  const good = flow.addNode("good", passer(), { x: 1 });
  const worse = flow.addNode("worse", thrower("no luck"), { x: good.out.x });
  flow.addNode("last", passer(), { x: worse.out.x });
  return { flow };
}

let now = 1000;

/** A run of 40 ms by its clock, which only the nodes move. */
async function timedRun(options: RuntimeOptions): ReturnType<InlineRuntime["execute"]> {
  const clock: Clock = {
    now: () => now,
    set: () => undefined,
    clear: () => undefined,
    turn: (callback) => setImmediate(callback),
  };
  const slow = defineNode({ name: "slow", input: PORT, output: PORT, run: ({ x }) => ((now += 10), { x }) });
  const flow = new Workflow("timed");
  const first = flow.addNode("first", slow, { x: 1 });
  const loop = flow.addNode("loop", slow, { x: first.out.x });
  flow.createCycle("again").connect(loop.out.x, loop.in.x).maxIterations(3).build();
  return new InlineRuntime({ ...options, clock }).execute(flow, { runId: "r1" });
}

async function errorOf(run: Promise<unknown>): Promise<WorkflowError> {
  return run.then(
    () => expect.unreachable(),
    (error: unknown) => error as WorkflowError,
  );
}
