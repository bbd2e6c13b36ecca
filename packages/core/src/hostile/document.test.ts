import { changed, documentOf, nodes, read, sample } from "./document.fixture.ts";
import { testWrongPrograms } from "./wrong-program.fixture.ts";

const trap = (): never => {
  throw new Error("trap");
};

testWrongPrograms("documents that are none", [
  ...[undefined, null, 5, "text", true, [], {}, () => ({}), new Date(), new Map(), Object.create(null)].map(
    (value) => [`${typeof value} ${JSON.stringify(value)}`, () => read(value), "invalid_document"] as const,
  ),
  ["a document as text", () => read(JSON.stringify(sample())), "invalid_document"],
  ["a workflow itself", () => read(sample()), "invalid_document"],
  [
    "a document that holds itself",
    changed((d) => {
      d["nodes"] = [d];
    }),
    "invalid_document",
  ],
  [
    "a workflow that holds itself",
    changed((d) => {
      nodes(d)[0] = { id: "self", workflow: d, inputs: [] };
    }),
    "invalid_document",
  ],
  [
    "a source that holds itself",
    changed((d) => {
      const list: unknown[] = [];
      list.push({ list });
      nodes(d)[0]!["inputs"] = [["value", { list }]];
    }),
    "invalid_document",
  ],
  [
    "a source nested without end",
    changed((d) => {
      let source: unknown = { literal: 1 };
      for (let i = 0; i < 100_000; i++) source = { list: [source] };
      nodes(d)[4]!["inputs"] = [["value", source]];
    }),
    "invalid_document",
  ],
  [
    "an older format",
    changed((d) => {
      d["version"] = 0;
    }),
    "invalid_document",
  ],
  [
    "a newer format",
    changed((d) => {
      d["version"] = 2;
    }),
    "invalid_document",
  ],
  [
    "another format",
    changed((d) => {
      d["format"] = "kailash";
    }),
    "invalid_document",
  ],
  [
    "a key that no document has",
    changed((d) => {
      d["polluted"] = 1;
    }),
    "invalid_document",
  ],
  [
    "__proto__ as a key of the document",
    () => read(JSON.parse(JSON.stringify(sample()).replace("{", '{"__proto__": {"polluted": 1},'))),
    "invalid_document",
  ],
  [
    "a getter that throws",
    () => read(Object.defineProperty(documentOf(), "nodes", { enumerable: true, get: trap })),
    "invalid_document",
  ],
  ["a Proxy whose traps throw", () => read(new Proxy({}, { get: trap, ownKeys: trap, has: trap })), "invalid_document"],
  ["a library that is none", () => read(documentOf(), null), "invalid_document"],
  ["a library that is a text", () => read(documentOf(), "nodes"), "invalid_document"],
]);
