import { afterEach, describe, expect, test } from "vitest";

import { hasCode, type PolyloomError } from "./error.ts";
import type { NodeReference } from "./node-reference.ts";
import { collectNodes, isCollecting, registerNode } from "./registry.ts";

const KEY = Symbol.for("polyloom.registry");
const host = globalThis as { [KEY]?: unknown };
const reference = (module: string, name: string, line = 1): NodeReference => ({
  module,
  name,
  file: new URL(module).pathname,
  line,
});
const A = "file:///a.ts";
const B = "file:///b.ts";
const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

afterEach(() => {
  delete host[KEY];
});

describe("without a collection", () => {
  test("there is no registry, and nothing is noted", () => {
    registerNode(reference(A, "read"), {});
    expect(host[KEY]).toBeUndefined();
    expect(isCollecting()).toBe(false);
  });
});

describe("collectNodes", () => {
  test("picks a node by module and name", async () => {
    const node = { run: true };
    const collected = await collectNodes(A, async () => registerNode(reference(A, "read"), node));
    expect(collected.names).toEqual(["read"]);
    expect(collected.pick(reference(A, "read"))).toBe(node);
  });

  test("knows a module by any spelling of its URL", async () => {
    const load = async (): Promise<void> => registerNode(reference("file:///a.ts?t=1", "read"), 1);
    const collected = await collectNodes("file:///a.ts?t=2", load);
    expect(collected.pick(reference("/a.ts".padStart(12, "file://"), "read"))).toBe(1);
  });

  test("imports a module once, also for callers at the same time", async () => {
    let imports = 0;
    const load = async (): Promise<void> => {
      imports++;
      await later();
    };
    await Promise.all([collectNodes(A, load), collectNodes(A, load)]);
    await collectNodes(A, load);
    expect(imports).toBe(1);
  });

  test("keeps modules apart that are imported at the same time", async () => {
    const load = async (module: string): Promise<void> => {
      registerNode(reference(module, "first"), `${module} first`);
      await later();
      registerNode(reference(module, "second"), `${module} second`);
    };
    const [a, b] = await Promise.all([collectNodes(A, load), collectNodes(B, load)]);
    expect(a.names).toEqual(["first", "second"]);
    expect(b.pick(reference(B, "second"))).toBe(`${B} second`);
  });

  test("keeps the nodes of a module that another one imported", async () => {
    await collectNodes(A, async () => registerNode(reference(B, "shared"), "of b"));
    const collected = await collectNodes(B, async () => "cached, so nothing is evaluated");
    expect(collected.pick(reference(B, "shared"))).toBe("of b");
  });

  test("ignores what a module defines once its evaluation has ended", async () => {
    let leftover: Promise<void> | undefined;
    const load = async (): Promise<void> => {
      registerNode(reference(A, "read"), "top level");
      leftover = later().then(() => registerNode(reference(A, "read"), "in a function"));
    };
    const collected = await collectNodes(A, load);
    await leftover;
    expect(collected.pick(reference(A, "read"))).toBe("top level");
  });

  test("ignores what code outside of the import defines meanwhile", async () => {
    const collecting = collectNodes(A, later);
    registerNode(reference(A, "read"), "elsewhere");
    expect((await collecting).names).toEqual([]);
  });
});

describe("a module of this test run", () => {
  test("is imported by its URL, and its nodes are found, but none made in a function", async () => {
    const module = new URL("./node-reference.fixture.ts", import.meta.url).href;
    const collected = await collectNodes(module, (url) => import(`${url}?fresh`));
    const { inFunction } = await import("./node-reference.fixture.ts");
    expect(collected.names).toEqual(["atTopLevel"]);
    expect(catchError(() => collected.pick(inFunction())).details["reason"]).toBe("missing");
  });
});

describe("isCollecting", () => {
  test("is true for the import and all that it sets off, and false elsewhere", async () => {
    const seen: boolean[] = [];
    let main: Promise<void> | undefined;
    const collecting = collectNodes(A, async () => {
      seen.push(isCollecting());
      main = later().then(() => void seen.push(isCollecting()));
    });
    expect(isCollecting()).toBe(false);
    await collecting;
    await main;
    expect([...seen, isCollecting()]).toEqual([true, true, false]);
  });
});

describe("refusals", () => {
  test("a missing node, with its place and the names there are", async () => {
    const collected = await collectNodes(A, async () => registerNode(reference(A, "read"), 1));
    const refused = catchError(() => collected.pick(reference(A, "write", 7)));
    expect(refused.message).toContain('The node "write" (/a.ts:7) is not created by importing');
    expect(refused.details).toMatchObject({
      node: "write",
      file: "/a.ts",
      line: 7,
      reason: "missing",
      remedy: expect.stringContaining("top level"),
      available: ["read"],
    });
  });

  test("a name used twice, with both lines", async () => {
    const collected = await collectNodes(A, async () => {
      registerNode(reference(A, "read", 3), 1);
      registerNode(reference(A, "read", 9), 2);
    });
    const refused = catchError(() => collected.pick(reference(A, "read", 3)));
    expect(refused.message).toContain("is defined 2 times in its module (line 3 and 9)");
    expect(refused.details).toMatchObject({ reason: "duplicate", lines: [3, 9] });
  });

  test("an import that throws, with what it threw; the next try imports again", async () => {
    const cause = new Error("no database");
    const failing = collectNodes(A, () => {
      registerNode(reference(A, "read"), "half");
      throw cause;
    });
    const refused: unknown = await failing.catch((error: unknown) => error);
    expect(hasCode(refused, "node_not_portable") && refused.details["reason"]).toBe("import_failed");
    expect((refused as Error).cause).toBe(cause);
    const again = await collectNodes(A, async () => registerNode(reference(A, "read"), "whole"));
    expect(again.pick(reference(A, "read"))).toBe("whole");
  });
});

function catchError(run: () => unknown): PolyloomError {
  try {
    run();
  } catch (error) {
    if (hasCode(error, "node_not_portable")) return error as unknown as PolyloomError;
  }
  throw new Error("Nothing was refused.");
}
