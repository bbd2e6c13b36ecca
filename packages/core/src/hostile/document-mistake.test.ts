import { changed, documentOf, type Json, nodes, read } from "./document.fixture.ts";
import { echo, increment, one } from "./nodes.fixture.ts";
import { testWrongPrograms } from "./wrong-program.fixture.ts";

testWrongPrograms("documents that say wrong things", [
  ["a node that the library lacks", () => read(documentOf(), { one }), "unknown_node"],
  [
    "a library with two nodes of one name",
    () =>
      read(
        documentOf(),
        [one, { ...one }, { ...one }, increment, echo].map((n) => ({ ...n })),
      ),
    "unknown_node",
  ],
  [
    "a node and a workflow at once",
    changed((d) => {
      nodes(d)[1]!["node"] = { name: "one" };
    }),
    "invalid_document",
  ],
  [
    "neither a node nor a workflow",
    changed((d) => {
      delete nodes(d)[0]!["node"];
    }),
    "invalid_document",
  ],
  [
    "a node named constructor",
    changed((d) => {
      nodes(d)[0]!["node"] = { name: "constructor" };
    }),
    "unknown_node",
  ],
  [
    "a node named __proto__",
    changed((d) => {
      nodes(d)[0]!["node"] = { name: "__proto__" };
    }),
    "unknown_node",
  ],
  [
    "two nodes of one id",
    changed((d) => {
      nodes(d).push(nodes(d)[0]!);
    }),
    "duplicate_node",
  ],
  [
    "an id with a dot",
    changed((d) => {
      nodes(d)[0]!["id"] = "a.b";
    }),
    "invalid_node_id",
  ],
  [
    "an id that is __proto__",
    changed((d) => {
      nodes(d)[0]!["id"] = "__proto__";
    }),
    "invalid_node_id",
  ],
  [
    "two cycles of one name",
    changed((d) => {
      (d["cycles"] as Json[]).push((d["cycles"] as Json[])[0]!);
    }),
    "duplicate_cycle",
  ],
  [
    "a cycle of no limit",
    changed((d) => {
      const [c] = d["cycles"] as Json[];
      delete c!["maxIterations"];
      delete c!["criterion"];
    }),
    "cycle_unbounded",
  ],
  [
    "a limit of 0",
    changed((d) => {
      (d["cycles"] as Json[])[0]!["maxIterations"] = 0;
    }),
    "cycle_limit_invalid",
  ],
  [
    "a limit of 1.5",
    changed((d) => {
      (d["cycles"] as Json[])[0]!["maxIterations"] = 1.5;
    }),
    "cycle_limit_invalid",
  ],
  [
    "a limit of -1 ms",
    changed((d) => {
      (d["cycles"] as Json[])[0]!["timeoutMs"] = -1;
    }),
    "cycle_limit_invalid",
  ],
  [
    "a limit that is NaN",
    changed((d) => {
      (d["cycles"] as Json[])[0]!["maxIterations"] = Number.NaN;
    }),
    "invalid_document",
  ],
  [
    "a chunk of 0",
    changed((d) => {
      (nodes(d)[3]!["map"] as Json)["chunkSize"] = 0;
    }),
    "invalid_option",
  ],
  [
    "a tolerance of -1",
    changed((d) => {
      ((d["cycles"] as Json[])[0]!["criterion"] as Json)["tolerance"] = -1;
    }),
    "invalid_option",
  ],
  [
    "an unknown criterion",
    changed((d) => {
      ((d["cycles"] as Json[])[0]!["criterion"] as Json)["kind"] = "eval";
    }),
    "invalid_document",
  ],
  [
    "a hostile expression",
    changed((d) => {
      (d["cycles"] as Json[])[0]!["criterion"] = {
        kind: "expression",
        text: 'constructor.constructor("return process")()',
      };
    }),
    "expression_invalid",
  ],
  [
    "a predicate that the library lacks",
    changed((d) => {
      const [c] = d["cycles"] as Json[];
      c!["criterion"] = { kind: "predicate", from: { ref: ["step", "value"] }, test: { name: "eval" } };
    }),
    "unknown_node",
  ],
  [
    "a connection to an unknown node",
    changed((d) => {
      d["connections"] = [{ from: { ref: ["start", "value"] }, to: ["nobody", "value"] }];
    }),
    "unknown_node",
  ],
  [
    "a connection from an unknown port",
    changed((d) => {
      d["connections"] = [{ from: { ref: ["start", "valeu"] }, to: ["map", "value"] }];
    }),
    "unknown_port",
  ],
  [
    "a connection from a literal",
    changed((d) => {
      d["connections"] = [{ from: { literal: 1 }, to: ["list", "value"] }];
    }),
    "reference_misused",
  ],
  [
    "a reference without a port",
    changed((d) => {
      nodes(d)[4]!["inputs"] = [["value", { ref: ["start"] }]];
    }),
    "invalid_document",
  ],
  [
    "a reference to the input that is not declared",
    changed((d) => {
      nodes(d)[4]!["inputs"] = [["value", { ref: [null, "x"] }]];
    }),
    "unknown_port",
  ],
  [
    "an input said twice",
    changed((d) => {
      nodes(d)[4]!["inputs"] = [
        ["value", { ref: ["start", "value"] }],
        ["value", { ref: ["step", "value"] }],
      ];
    }),
    "conflicting_source",
  ],
  [
    "an input named __proto__",
    changed((d) => {
      nodes(d)[4]!["inputs"] = [
        ["__proto__", { literal: { polluted: 1 } }],
        ["value", { literal: 1 }],
      ];
    }),
    "unknown_port",
  ],
  [
    "a loop",
    changed((d) => {
      nodes(d)[4]!["inputs"] = [["value", { ref: ["list", "value"] }]];
    }),
    "unmarked_cycle",
  ],
  [
    "bytes that are none",
    changed((d) => {
      nodes(d)[4]!["inputs"] = [["value", { encoded: "!!!" }]];
    }),
    "decode_failed",
  ],
  [
    "bytes cut short",
    changed((d) => {
      nodes(d)[4]!["inputs"] = [["value", { encoded: "/w9v" }]];
    }),
    "decode_failed",
  ],
  [
    "a schema that JSON Schema does not know",
    changed((d) => {
      d["input"] = [["x", { schema: { type: "spaceship" }, optional: true }]];
    }),
    "invalid_document",
  ],
  [
    "a schema that points nowhere",
    changed((d) => {
      d["input"] = [["x", { schema: { $ref: "#/nowhere" }, optional: true }]];
    }),
    "invalid_document",
  ],
  [
    "a schema with a pattern that is none",
    changed((d) => {
      d["input"] = [["x", { schema: { type: "string", pattern: "(" }, optional: true }]];
    }),
    "invalid_document",
  ],
  [
    "a port named __proto__",
    changed((d) => {
      d["input"] = [["__proto__", { schema: { type: "string" }, optional: true }]];
    }),
    "invalid_schema",
  ],
  [
    "a port said twice",
    changed((d) => {
      d["output"] = [
        ["total", { schema: { type: "number" }, optional: false }],
        ["total", { schema: { type: "string" }, optional: false }],
      ];
    }),
    "invalid_document",
  ],
]);
