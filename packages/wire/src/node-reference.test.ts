import { describe, expect, test } from "vitest";

import { atTopLevel as imported } from "./node-reference.fixture.ts";
import { callerReference, moduleUrl, type CallerReference } from "./node-reference.ts";

function define(): CallerReference | undefined {
  return callerReference(define);
}

const atTopLevel = define();
const inCallback = [1].map(() => define())[0];
const afterAwait = await defineLater();

async function defineLater(): Promise<CallerReference | undefined> {
  await null;
  return define();
}

describe("callerReference", () => {
  test("is the module under evaluation, without a query", () => {
    expect(atTopLevel?.module).toBe(import.meta.url);
    expect(inCallback?.module).toBe(import.meta.url);
    expect(afterAwait?.module).toBe(import.meta.url);
  });

  test("is the imported module, not the one that imports it", () => {
    expect(imported.module).toBe(new URL("./node-reference.fixture.ts", import.meta.url).href);
  });

  test("keeps the file as the stack shows it, and a line", () => {
    expect(atTopLevel?.file).toContain("node-reference.test.ts");
    expect(atTopLevel?.line).toBeGreaterThan(0);
  });

  test("finds a module that is hundreds of calls away", () => {
    const deep = (depth: number): CallerReference | undefined => (depth ? deep(depth - 1) : define());
    expect(deep(200)?.module).toBe(import.meta.url);
  });

  test("leaves Error as it was", () => {
    const before = Object.getOwnPropertyDescriptors(Error);
    define();
    expect(Object.getOwnPropertyDescriptors(Error)).toEqual(before);
    expect(typeof new Error("x").stack).toBe("string");
  });

  test("works where stacks are off, or formatted by somebody else", () => {
    const { stackTraceLimit, prepareStackTrace } = Error;
    try {
      Error.stackTraceLimit = 0;
      Error.prepareStackTrace = () => "hidden";
      expect(define()?.module).toBe(import.meta.url);
    } finally {
      Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    }
  });

  test("passes over frames without a file", () => {
    const unnamed = new Function("define", "return define()") as (f: typeof define) => unknown;
    expect(unnamed(define)).toMatchObject({ module: import.meta.url });
  });

  test("costs microseconds", () => {
    const start = performance.now();
    for (let index = 0; index < 1000; index++) define();
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe("moduleUrl", () => {
  test.each([
    ["/a/b.ts", "file:///a/b.ts"],
    ["/a/b c.ts?v=1", "file:///a/b%20c.ts"],
    ["file:///a/b.ts?t=17", "file:///a/b.ts"],
    ["file:///a/b.ts#x", "file:///a/b.ts"],
    ["file:///a/%3F.ts", "file:///a/%3F.ts"],
    ["data:text/javascript,1?2", "data:text/javascript,1?2"],
    ["https://host/a.js?x", "https://host/a.js?x"],
  ])("%s is %s", (file, url) => {
    expect(moduleUrl(file)).toBe(url);
  });
});
