import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { toDot } from "./dot.ts";
import { everything, HOSTILE } from "./picture.fixture.ts";

const hasGraphviz = spawnSync("dot", ["-V"]).status === 0;
const PORT = z.object({ x: z.number() });

describe("toDot", () => {
  test("writes nodes with their shapes, workflows as clusters and feedback dashed", () => {
    const text = toDot(everything());
    expect(text).toMatch(/^digraph "everything" \{$/m);
    expect(text).toContain('n1 [label="load\\nloadRows", shape=box]');
    expect(text).toContain('n2 [label="halves\\nhalve\\nfor each of value", shape=box3d]');
    expect(text).toContain('n6 [label="large\\nifElse", shape=diamond]');
    expect(text).toContain('  subgraph cluster_0 {\n    label="total\\nadd up"\n    n3 [label="input", shape=oval]');
    expect(text).toContain('n1 -> n2 [label="rows → value"]');
    expect(text).toContain(
      'n9 -> n9 [label="cycle shrink\\nmax 20 iterations\\nuntil settled(step.value)\\nmax 5.0 s", style=dashed, constraint=false]',
    );
    expect(parse(text)).toEqual({ nodes: 11, edges: 12, clusters: 1 });
  });

  test("colours nodes and clusters by their status after a run", async () => {
    const flow = everything();
    const text = toDot(flow, await new InlineRuntime().execute(flow, { input: { path: "rows" } }));
    expect(text).toMatch(/n1 \[label="load\\nloadRows\\ncompleted", shape=box, style=filled, fillcolor="#d9f2dd"/);
    expect(text).toMatch(/label="total\\nadd up\\ncompleted"\n {4}style=filled\n {4}fillcolor="#d9f2dd"/);
    parse(text);
  });

  test("lets no id and no name out of its quotes", () => {
    expect(parse(toDot(hostileFlow()))).toEqual({ nodes: HOSTILE.length, edges: HOSTILE.length, clusters: 0 });
  });

  // skip: Graphviz is a program of its own, and not on every machine
  test.skipIf(!hasGraphviz)("is what Graphviz reads (skipped where it is not installed)", () => {
    for (const flow of [everything(), hostileFlow()]) {
      const plain = execFileSync("dot", ["-Tplain"], { input: toDot(flow), encoding: "utf8" });
      expect(plain.match(/^node /gm)).toHaveLength(parse(toDot(flow)).nodes);
      expect(plain.match(/^edge /gm)).toHaveLength(parse(toDot(flow)).edges);
    }
  });
});

/** Each hostile text as an id, a node's name, a cycle's name and the workflow's. */
function hostileFlow(): Workflow {
  const flow = new Workflow(HOSTILE.join(" "));
  for (const text of HOSTILE) {
    const id = text.replaceAll(/[./[\]]/g, "");
    const node = flow.addNode(id, defineNode({ name: text, input: PORT, output: PORT, run: (input) => input }), {
      x: 1,
    });
    flow.createCycle(id).connect(node.out.x, node.in.x).maxIterations(1).build();
  }
  return flow;
}

type Token = { readonly kind: "quoted" | "word" | "sign"; readonly text: string };

/** Reads the part of the DOT grammar that is written, and counts; anything else fails. */
function parse(text: string): { nodes: number; edges: number; clusters: number } {
  const tokens = tokenize(text);
  const counts = { nodes: 0, edges: 0, clusters: 0 };
  const next = (kind: Token["kind"], expected?: string): string => {
    const token = tokens.shift();
    expect(token?.kind, `kind of ${token?.text}`).toBe(kind);
    if (expected !== undefined) expect(token!.text).toBe(expected);
    return token!.text;
  };
  const see = (sign: string): boolean =>
    tokens[0]?.kind === "sign" && tokens[0].text === sign && tokens.shift() !== undefined;
  const value = (): void => {
    next("sign", "=");
    expect(["word", "quoted"]).toContain(tokens.shift()?.kind);
  };
  const attributes = (): void => {
    if (!see("[")) return;
    do {
      next("word");
      value();
    } while (see(","));
    next("sign", "]");
  };
  const block = (): void => {
    next("sign", "{");
    while (!see("}")) {
      const word = next("word");
      if (word === "subgraph") {
        expect(next("word")).toMatch(/^cluster_\d+$/);
        counts.clusters++;
        block();
      } else if (/^n\d+$/.test(word)) {
        if (see("->")) {
          expect(next("word")).toMatch(/^n\d+$/);
          counts.edges++;
        } else counts.nodes++;
        attributes();
      } else if (word === "node" || word === "edge") attributes();
      else value();
    }
  };
  next("word", "digraph");
  next("quoted");
  block();
  expect(tokens).toEqual([]);
  return counts;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\[^])*)"|(\w+)|(->|[{}[\]=,]))/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    expect(match, `a token at ${JSON.stringify(text.slice(at, at + 40))}`).not.toBeNull();
    const [, quoted, word, sign] = match!;
    if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted });
    else tokens.push(word !== undefined ? { kind: "word", text: word } : { kind: "sign", text: sign! });
  }
  return tokens;
}
