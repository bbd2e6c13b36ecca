import { expect, test } from "vitest";
import { failedFigure, figureOf } from "./figure.ts";
import { digits, renderPeers, renderTable } from "./table.ts";

test("a table shows each figure beside its floor, its target and whether that is met", () => {
  const ratio = { name: "chain", title: "a chain", unit: "ns/node", target: { kind: "ratio", most: 3 } } as const;
  const excess = { name: "types", title: "a type-check", unit: "s", target: { kind: "excess", most: 1 } } as const;
  const value = { name: "heap", title: "growth", unit: "MB", target: { kind: "value", most: 5 } } as const;
  const table = renderTable([
    figureOf(ratio, [{ row: "chain", ours: 412.3, floor: 100 }]),
    figureOf(excess, [{ row: "types", ours: 0.75, floor: 0.5 }]),
    failedFigure(value, "Error: out of luck"),
  ]);
  expect(table).toBe(`\
row    polyloom  floor  unit     ratio  (least – most)  target
chain       412    100  ns/node   4.12  (4.12 – 4.12)   ≤ 3 × floor    missed
types     0.750  0.500  s         1.50  (1.50 – 1.50)   ≤ floor + 1 s  met (+0.250)
heap          –      –  MB           –                  ≤ 5 MB         failed: Error: out of luck

chain  a chain
types  a type-check
heap   growth`);
});

test("a peer that could not be measured says why", () => {
  const table = renderPeers([
    { name: "polyloom", version: "this checkout", chain100: 0.5, chain1000: 0.4, loop: 0.3 },
    { name: "other", version: "1.0.0", error: "not installed: npm error 404" },
  ]);
  expect(table.split("\n").slice(1)).toEqual([
    "polyloom  this checkout         0.500           0.400          0.300",
    "other     1.0.0                     –               –              –  not installed: npm error 404",
  ]);
});

test.each([
  [0, "0"],
  [0.00123, "0.001"],
  [0.0123, "0.0123"],
  [12.345, "12.3"],
  [-0.5, "-0.500"],
  [12345.6, "12346"],
])("%d is written as %s", (value, text) => {
  expect(digits(value)).toBe(text);
});
