import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { delta } from "../define/criterion.ts";
import { WorkflowError } from "../execute/failure.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { everything } from "./picture.fixture.ts";
import { drawPicture, type Picture, type PictureEdge } from "./picture.ts";

const step = defineNode({
  name: "step",
  input: z.object({ x: z.number(), more: z.boolean().default(true) }),
  output: z.object({ x: z.number(), more: z.boolean() }),
  run: ({ x, more }) => ({ x: x / 2, more }),
});

describe("drawPicture", () => {
  const picture = drawPicture(everything());

  test("draws each node once, with its id first and a shape of its own for maps, branches and ports", () => {
    expect(picture.nodes.map(({ shape, lines }) => [shape, lines[0]])).toEqual([
      ["port", "input"],
      ["node", "load"],
      ["map", "halves"],
      ["port", "input"],
      ["node", "sum"],
      ["port", "output"],
      ["branch", "large"],
      ["node", "less"],
      ["node", "either"],
      ["node", "step"],
      ["port", "output"],
    ]);
  });

  test("draws a workflow inside as a group around its nodes (G9)", () => {
    expect(picture.groups.map(({ lines, group }) => [lines, group])).toEqual([[["total", "add up"], undefined]]);
    expect(picture.nodes.filter(({ group }) => group === 0).map(({ lines }) => lines[0])).toEqual([
      "input",
      "sum",
      "output",
    ]);
  });

  test("names the ports of an edge where they differ, and the order of a firstOf (G3)", () => {
    expect(edge(picture, "load", "halves").lines).toEqual(["rows → value"]);
    expect(edge(picture, "either", "step").lines).toEqual([]);
    expect(edge(picture, "large", "less").lines).toEqual(["then → value"]);
    expect(edge(picture, "large", "either").lines).toEqual(["else → value (choice 2 of 2)"]);
  });

  test("marks a feedback with its cycle's name and all that ends it", () => {
    expect(edge(picture, "step", "step")).toMatchObject({
      kind: "feedback",
      lines: ["cycle shrink", "max 20 iterations", "until settled(step.value)", "max 5.0 s"],
    });
  });

  test("shows after a run the status and time of each node, and the iterations and reason of each cycle", async () => {
    const result = await new InlineRuntime({ collectMetrics: true }).execute(everything(), { input: { path: "rows" } });
    const after = drawPicture(everything(), result);
    const large = after.nodes.find(({ lines }) => lines[0] === "large")!;
    expect(large.status).toBe("completed");
    expect(large.lines.at(-1)).toMatch(/^completed, \d+(\.\d+)? (µs|ms)$/);
    expect(after.groups[0]!.status).toBe("completed");
    expect(edge(after, "step", "step").lines.at(-1)).toMatch(/^2 iterations, converged, /);
  });

  test("shows after a failure what became of each node (E1)", async () => {
    const flow = new Workflow("fails");
    const first = flow.addNode("first", step, { x: 1, more: true });
    const broken = defineNode({
      name: "broken",
      input: z.object({ x: z.number() }),
      output: z.object({ x: z.number() }),
      run: () => {
        throw new Error("no");
      },
    });
    const second = flow.addNode("second", broken, { x: first.out.x });
    flow.addNode("third", broken, { x: second.out.x });
    const error = (await new InlineRuntime().execute(flow).catch((each: unknown) => each)) as WorkflowError;
    expect(error).toBeInstanceOf(WorkflowError);
    expect(drawPicture(flow, error).nodes.map(({ status }) => status)).toEqual(["completed", "failed", "pending"]);
  });

  test("joins wires between the same two nodes into one edge, and keeps cycles apart", () => {
    const flow = new Workflow("joined");
    const a = flow.addNode("a", step, { x: 1, more: true });
    const b = flow.addNode("b", step, { x: a.out.x, more: a.out.more });
    flow.createCycle("inner").connect(b.out.x, b.in.x).maxIterations(2).build();
    flow
      .createCycle("outer")
      .connect(b.out.x, a.in.x)
      .connect(b.out.more, a.in.more)
      .convergeWhen(delta(b.out.x, 0.1))
      .onExhausted("fail")
      .build();
    const { edges } = drawPicture(flow);
    expect(edges.map(({ from, to, kind, lines }) => [from, to, kind, lines])).toEqual([
      [1, 0, "feedback", ["cycle outer", "until delta(b.x, tolerance 0.1)", "fails when exhausted"]],
      [0, 1, "data", []],
      [1, 1, "feedback", ["cycle inner", "max 2 iterations"]],
    ]);
  });

  test("draws what a condition reads from outside its cycle", () => {
    const flow = new Workflow("condition");
    const gate = flow.addNode("gate", step, { x: 1 });
    const body = flow.addNode("body", step, { x: 1 });
    flow
      .createCycle("loop")
      .connect(body.out.x, body.in.x)
      .maxIterations(1)
      .continueWhile(gate.out.more, (more) => more)
      .build();
    const drawn = drawPicture(flow);
    expect(edge(drawn, "gate", "body")).toMatchObject({ kind: "condition", lines: ["cycle loop reads", "more"] });
    expect(edge(drawn, "body", "body").lines).toContain("while predicate(gate.more)");
  });

  test("draws an invalid workflow as far as it goes", () => {
    const flow = new Workflow("invalid");
    flow.addNode("a", step);
    flow.connect("nowhere.x", "a.x").connect("a.x", "gone.x").connect("a.x", "a.x");
    flow.createCycle("unbuilt");
    const { nodes, edges } = drawPicture(flow);
    expect(nodes).toHaveLength(1);
    expect(edges.every(({ from, to }) => from === 0 && to === 0)).toBe(true);
  });
});

/** The one edge between two nodes that are named by their ids. */
function edge({ nodes, edges }: Picture, from: string, to: string): PictureEdge {
  const found = edges.filter((each) => nodes[each.from]!.lines[0] === from && nodes[each.to]!.lines[0] === to);
  expect(found, `edges from ${from} to ${to}`).toHaveLength(1);
  return found[0]!;
}
