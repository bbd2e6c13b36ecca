import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPILER } from "../compiler.ts";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";

// Inside the package, so that imports resolve as they do for a user; `.cache` is not in git.
const CACHE = fileURLToPath(new URL("../../.cache", import.meta.url));

const HEAD = `import { defineNode, Workflow } from "@polyloom/core";
import { z } from "zod";

const read = defineNode({
  name: "read",
  input: z.object({ path: z.string() }),
  output: z.object({ rows: z.array(z.object({ id: z.string(), price: z.number() })), count: z.number() }),
  run: ({ path }) => ({ rows: [{ id: path, price: 1 }], count: 1 }),
});
const sum = defineNode({
  name: "sum",
  input: z.object({ values: z.array(z.number()), factor: z.number().default(1) }),
  output: z.object({ total: z.number(), label: z.string().optional() }),
  run: ({ values, factor }) => ({ total: values.length * factor }),
});

const flow = new Workflow("generated");
`;

/** A static graph: every tenth node is a source, each other one takes a list of wires, one of them deep, and a literal. */
function graphOf(nodes: number): string {
  const lines = Array.from({ length: nodes }, (_, i) => `const n${i} = flow.addNode("n${i}", ${nodeAt(i)});`);
  return `${HEAD}${lines.join("\n")}\nexport const last: number = n${nodes - 1}.out.total ? 1 : 0;\n`;
}

function nodeAt(i: number): string {
  if (i % 10 === 0) return `read, { path: "${i}.csv" }`;
  const source = i - (i % 10);
  const before = i - 1 === source ? `n${source}.out.count` : `n${i - 1}.out.total`;
  return `sum, { values: [${before}, n${source}.out.rows.at(0).price, ${i}], factor: n${source}.out.count }`;
}

function project(folder: string, nodes: number): string {
  const root = join(folder, String(nodes));
  mkdirSync(root);
  writeFileSync(join(root, "graph.ts"), graphOf(nodes));
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  writeFileSync(join(root, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["graph.ts"] }));
  return root;
}

function check(root: string): void {
  execFileSync(process.execPath, [COMPILER, "--project", root], { stdio: ["ignore", 2, 2] });
}

mkdirSync(CACHE, { recursive: true });
const folder = mkdtempSync(join(CACHE, "typecheck-"));
try {
  const [small, large] = [project(folder, 10), project(folder, 1000)];
  const times = await interleave({ warmUp: 0, rounds: 2 }, { floor: () => check(small), ours: () => check(large) });
  printSamples({ row: "typecheck", ours: times.ours / 1000, floor: times.floor / 1000 });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
