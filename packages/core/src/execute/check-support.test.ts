import { expect, test } from "vitest";
import { z } from "zod";
import { Workflow } from "../define/workflow.ts";
import { prepare } from "../plan/plan-for.ts";
import { type Capabilities, type Feature, SEQUENTIAL } from "./capabilities.ts";
import { checkSupport } from "./check-support.ts";
import type { RuntimeOptions } from "./options.ts";
import { needing, work } from "./work.fixture.ts";

const plain = (): Workflow => {
  const flow = new Workflow("w");
  flow.addNode(
    "plain",
    work(() => 1),
  );
  return flow as Workflow;
};

const cyclic = (timeoutMs?: number): Workflow => {
  const flow = plain();
  const step = flow.addNode(
    "step",
    work(() => 1),
  );
  const cycle = flow.createCycle("loop").connect(step.out.out, step.in.in).maxIterations(2);
  (timeoutMs === undefined ? cycle : cycle.timeout(timeoutMs)).build();
  return flow;
};

const check = (flow: Workflow, capabilities: Partial<Capabilities>, options: RuntimeOptions = {}): unknown[] =>
  checkSupport("test", { ...SEQUENTIAL, ...capabilities }, prepare(flow).plan("stop"), options).map(
    ({ code, place }) => [code, place],
  );

const withNode = (add: (flow: Workflow) => unknown): Workflow => {
  const flow = plain();
  add(flow);
  return flow;
};

const cases: [Feature, Workflow, string, RuntimeOptions?][] = [
  ["cycles", cyclic(), "cycle loop"],
  ["state", cyclic(), "cycle loop"],
  [
    "maps",
    withNode((flow) =>
      flow.addMap(
        "map",
        needing(() => 1),
        { each: { in: [1] } },
      ),
    ),
    "map",
  ],
  ["subworkflows", withNode((flow) => flow.addNode("sub", plain())), "sub"],
  [
    "retries",
    withNode((flow) =>
      flow.addNode(
        "again",
        work(() => 1, { retry: { attempts: 2 } }),
      ),
    ),
    "again",
  ],
  ["retries", plain(), "runtime", { retry: { attempts: 2 } }],
  [
    "timeouts",
    withNode((flow) =>
      flow.addNode(
        "timed",
        work(() => 1, { timeoutMs: 5 }),
      ),
    ),
    "timed",
  ],
  ["timeouts", cyclic(5), "loop"],
  ["timeouts", plain(), "runtime", { timeoutMs: 5 }],
  ["timeouts", plain(), "runtime", { nodeTimeoutMs: 5 }],
];

test.each(cases)(
  "what needs %s is refused where a manifest excludes it, with its place",
  (feature, flow, place, options) => {
    expect(check(flow, { unsupported: [feature] }, options)).toEqual([["unsupported", place]]);
    expect(check(flow, { unsupported: [] }, options)).toEqual([]);
    expect(check(plain(), { unsupported: [feature] })).toEqual([]);
  },
);

test("a policy of one attempt is no retry", () => {
  const flow = withNode((each) =>
    each.addNode(
      "once",
      work(() => 1, { retry: { attempts: 1 } }),
    ),
  );
  expect(check(flow, { unsupported: ["retries"] })).toEqual([]);
});

test("G8: everything that is excluded is told at once", () => {
  const flow = cyclic(5);
  flow.addNode("sub", plain());
  expect(check(flow, { unsupported: ["cycles", "subworkflows", "timeouts"] })).toEqual([
    ["unsupported", "cycle loop"],
    ["unsupported", "sub"],
    ["unsupported", "loop"],
  ]);
});

test("D5: where nodes share no memory, one that cannot be found elsewhere is refused", () => {
  const flow = new Workflow("w", { input: z.object({ x: z.any() }) });
  const node = work(() => 1);
  flow.addNode("found", node);
  flow.addNode("lost", Object.freeze({ ...node, reference: undefined }));
  expect(check(flow as Workflow, { isolates: true })).toEqual([["node_not_portable", "lost"]]);
  expect(check(flow as Workflow, { isolates: false })).toEqual([]);
});
