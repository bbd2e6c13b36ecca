import fc from "fast-check";
import { expect, test } from "vitest";
import { packReports, unpackReports } from "./report-portion.ts";
import type { Report } from "./report.ts";

const value = fc.oneof(
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(),
  fc.date(),
  fc.constant(undefined),
  fc.array(fc.double()),
  fc.uint8Array(),
);
const report: fc.Arbitrary<Report> = fc.oneof(
  fc
    .tuple(fc.nat(), fc.dictionary(fc.string(), value), fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }))
    .map(([step, outputs, at]): Report => ["completed", step, outputs, [at, 1]]),
  fc.nat().map((step): Report => ["skipped", step]),
  fc.string().map((line): Report => ["log", line]),
);

test("D2: what is packed and cloned arrives as it was, in its order", () => {
  fc.assert(
    fc.property(fc.array(report), (reports) => {
      expect(unpackReports(structuredClone(packReports(reports)))).toEqual(structuredClone(reports));
    }),
  );
});

test("plain outputs go as text", () => {
  expect(packReports([["completed", 3, { x: 1, name: "a" }, [0, 0]]])).toEqual({
    text: '[[3,{"x":1,"name":"a"},[0,0]]]',
    values: [],
  });
});
