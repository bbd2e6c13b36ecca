import { expect, test } from "vitest";
import type { Logger } from "pino";
import { linesTo, writeLine } from "./log-lines.ts";

function noted(): { logger: Logger; lines: unknown[][] } {
  const lines: unknown[][] = [];
  const note = (level: string) => (fields: unknown, msg: unknown) => lines.push([level, fields, msg]);
  const logger = { info: note("info"), warn: note("warn"), flush: note("flush"), setBindings: note("setBindings") };
  return { logger: logger as unknown as Logger, lines };
}

test("O4: a line that was written elsewhere is written here, with its level, fields and message", () => {
  const { logger, lines } = noted();
  linesTo((line) => writeLine(logger, line))().warn({ rows: 3 }, "few rows");
  expect(lines).toEqual([["warn", { rows: 3 }, "few rows"]]);
});

test("a place may write anything: no level calls what is no level, and no line is lost", () => {
  const { logger, lines } = noted();
  for (const line of ['{"level":"setBindings","msg":"a"}', '{"level":"flush"}', "no json", "[1]", '"text"', "null"])
    writeLine(logger, line);
  expect(lines.map(([level, , msg]) => [level, msg])).toEqual([
    ["info", "a"],
    ["info", undefined],
    ["info", "no json"],
    ["info", "[1]"],
    ["info", '"text"'],
    ["info", "null"],
  ]);
});

test("V4: a line reaches no prototype", () => {
  const { logger, lines } = noted();
  writeLine(logger, '{"level":"info","__proto__":{"polluted":true},"msg":"m"}');
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.getPrototypeOf(lines[0]![1])).toBe(Object.prototype);
});
