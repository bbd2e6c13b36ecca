import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

// #region program
const readPage = defineNode({
  name: "readPage",
  input: z.object({ path: z.string() }),
  output: z.object({ title: z.string(), meta: z.object({ words: z.number() }), links: z.array(z.string()) }),
  run: ({ path }) => ({ title: `Page ${path}`, meta: { words: 120 }, links: ["/a", "/b"] }),
});

const join = defineNode({
  name: "join",
  input: z.object({ parts: z.array(z.union([z.string(), z.number()])), separator: z.string().default(", ") }),
  output: z.object({ text: z.string() }),
  run: ({ parts, separator }) => ({ text: parts.join(separator) }),
});

const flow = new Workflow("pages");
const page = flow.addNode("page", readPage, { path: "/" });
const line = flow.addNode("line", join, {
  parts: [page.out.title, page.out.meta.words, "words", page.out.links.at(-1)], // references inside a literal
});

const result = await new LocalRuntime().execute(flow);
console.log(result.get(line).text);
// #endregion program

// #region later
const late = new Workflow("late");
const source = late.addNode("source", readPage, { path: "/" });
const target = late.addNode("target", readPage); // no inputs yet
late.connect(source.out.links.at(0), target.in.path); // by reference: checked by the compiler
// #endregion later
console.log((await new LocalRuntime().execute(late)).get(target).title);

// #region by-name
const named = new Workflow("named");
named.addNode("source", readPage, { path: "/" });
named.addNode("target", readPage);
named.connect("source.links[0]", "target.path"); // by name: checked before the run
// #endregion by-name
console.log((await new LocalRuntime().execute(named)).results["target"].title);

// #region equal-names
const load = defineNode({
  name: "load",
  input: z.object({}),
  output: z.object({ rows: z.array(z.number()), unit: z.string() }),
  run: () => ({ rows: [1, 2, 3], unit: "kg" }),
});
const print = defineNode({
  name: "print",
  input: z.object({ rows: z.array(z.number()), unit: z.string() }),
  output: z.object({ text: z.string() }),
  run: ({ rows, unit }) => ({ text: `${rows.join(" ")} ${unit}` }),
});

const pair = new Workflow("pair");
const from = pair.addNode("from", load);
const to = pair.addNode("to", print);
pair.connect(from, to); // rows to rows, unit to unit
// #endregion equal-names
console.log((await new LocalRuntime().execute(pair)).get(to).text);

// #region check
const broken = new Workflow("broken");
broken.addNode("source", readPage);
broken.addNode("target", readPage);
broken.connect("source.link", "target.path");
for (const { code, place, remedy } of new LocalRuntime().check(broken)) console.log(`${code} at ${place}: ${remedy}`);
// #endregion check
