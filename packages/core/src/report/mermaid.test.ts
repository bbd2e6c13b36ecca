import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { toMermaid } from "./mermaid.ts";
import { everything, HOSTILE } from "./picture.fixture.ts";

/** The statements of a flowchart that are used here; a label holds no quote, no bracket and no unfinished code. */
const LABEL = String.raw`"(?:[\p{L}\p{N} ,/()→._-]|<br/>|#\d+;)*"`;
const STATEMENTS = {
  node: new RegExp(String.raw`^n\d+(?:\[${LABEL}\]|\[\[${LABEL}\]\]|\{${LABEL}\}|\(\[${LABEL}\]\))$`, "u"),
  edge: new RegExp(String.raw`^n\d+ (?:-->|-\.->|-\.-o)(?:\|${LABEL}\|)? n\d+$`, "u"),
  open: new RegExp(String.raw`^subgraph g\d+\[${LABEL}\]$`, "u"),
  close: /^end$/,
  look: /^classDef (completed|failed|cancelled|skipped|running) [a-z0-9:,# -]+$/,
  class: /^class [ng]\d+(,[ng]\d+)* (completed|failed|cancelled|skipped|running)$/,
};

describe("toMermaid", () => {
  test("writes nodes with their shapes, workflows as subgraphs and edges with their ports", () => {
    expect(toMermaid(everything())).toBe(`flowchart TD
  n0(["input"])
  n1["load<br/>loadRows"]
  n2[["halves<br/>halve<br/>for each of value"]]
  n6{"large<br/>ifElse"}
  n7["less<br/>halve"]
  n8["either<br/>halve"]
  n9["step<br/>halve"]
  n10(["output"])
  subgraph g0["total<br/>add up"]
    n3(["input"])
    n4["sum"]
    n5(["output"])
  end
  n0 --> n1
  n1 -->|"rows → value"| n2
  n2 -->|"value → rows"| n3
  n5 -->|"total → value"| n6
  n6 -->|"then → value"| n7
  n7 -->|"value → value (choice 1 of 2)"| n8
  n6 -->|"else → value (choice 2 of 2)"| n8
  n8 --> n9
  n9 -.->|"cycle shrink<br/>max 20 iterations<br/>until settled(step.value)<br/>max 5.0 s"| n9
  n9 --> n10
  n3 --> n4
  n4 --> n5
`);
    expect(parse(toMermaid(everything()))).toMatchObject({ node: 11, edge: 12, open: 1, close: 1 });
  });

  test("colours nodes and workflows by their status after a run", async () => {
    const flow = everything();
    const text = toMermaid(flow, await new InlineRuntime().execute(flow, { input: { path: "rows" } }));
    expect(text).toContain("class n1,n2,n4,n6,n7,n8,n9,g0 completed");
    expect(text).toMatch(/2 iterations, converged, /);
    parse(text);
  });

  test("lets no id and no name out of its quotes", async () => {
    const flow = hostileFlow();
    const result = await new InlineRuntime().execute(flow);
    for (const text of [toMermaid(flow), toMermaid(flow, result)])
      expect(parse(text)).toMatchObject({ node: 2 * HOSTILE.length, edge: HOSTILE.length });
  });

  test("escapes whole characters, and what Markdown would take for its own", () => {
    const flow = new Workflow("signs");
    for (const id of ["a_b-c", "_a_", "🎉", '"']) flow.addNode(id, copy(id), { x: 1 });
    const labels = [...toMermaid(flow).matchAll(/"(.*)"/g)].map(([, label]) => label);
    expect(labels).toEqual(["a_b-c", "#95;a#95;", "#127881;", "#34;"]);
  });
});

function copy(name: string): ReturnType<typeof defineNode<typeof PORT, typeof PORT>> {
  return defineNode({ name, input: PORT, output: PORT, run: (input) => input });
}

const PORT = z.object({ x: z.number() });

/** Each hostile text as an id, a node's name and a cycle's name. */
function hostileFlow(): Workflow {
  const flow = new Workflow("hostile");
  for (const text of HOSTILE) {
    const id = text.replaceAll(/[./[\]]/g, "");
    flow.addNode(id, copy(text), { x: 1 });
    const looped = flow.addNode(`${id} 2`, copy(text), { x: 1 });
    flow
      .createCycle(id)
      .connect(looped.out.x, looped.in.x)
      .convergeWhen('x > 0 || x < 1 && x != "`"')
      .maxIterations(1)
      .build();
  }
  return flow;
}

/** Counts the statements of each kind; a line that is none of them fails. */
function parse(text: string): Record<string, number> {
  const [head, ...lines] = text.trimEnd().split("\n");
  expect(head).toBe("flowchart TD");
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const kind = Object.entries(STATEMENTS).find(([, pattern]) => pattern.test(line.trim()))?.[0];
    expect(kind, `statement ${line}`).toBeDefined();
    counts[kind!] = (counts[kind!] ?? 0) + 1;
  }
  expect(counts["open"]).toBe(counts["close"]);
  return counts;
}
