import { describe, expect, test } from "vitest";

import { ERROR_CODES } from "./error-codes.ts";
import { hasCode, PolyloomError } from "./error.ts";

describe("ERROR_CODES", () => {
  test("says a cause and a remedy for each code, as sentences", () => {
    for (const [code, text] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(text.cause).toMatch(/^[A-Z].*\.$/);
      expect(text.remedy).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe("PolyloomError", () => {
  test("carries code, message, cause and details", () => {
    const cause = new Error("deep");
    const error = new PolyloomError("node_failed", "It failed.", { cause, details: { limit: 3 } });
    expect(error).toMatchObject({ code: "node_failed", message: "It failed.", cause });
    expect(error.details).toEqual({ limit: 3 });
    expect(String(error)).toBe("PolyloomError: It failed.");
  });

  test("has a cause of undefined only where it was given", () => {
    expect("cause" in new PolyloomError("internal", "x")).toBe(false);
    expect("cause" in new PolyloomError("internal", "x", { cause: undefined })).toBe(true);
  });

  test("keeps details from changing, whatever happens to the object given", () => {
    const details = { limit: 3 };
    const error = new PolyloomError("internal", "x", { details });
    details.limit = 4;
    expect(error.details).toEqual({ limit: 3 });
    expect(Object.isFrozen(error.details)).toBe(true);
  });
});

describe("hasCode", () => {
  test("recognises by shape, not by class", () => {
    const foreign = Object.assign(new Error("x"), { code: "cancelled", details: {} });
    expect(hasCode(foreign)).toBe(true);
    expect(hasCode(foreign, "cancelled")).toBe(true);
    expect(hasCode(foreign, "internal")).toBe(false);
  });

  test.each([
    undefined,
    null,
    "cancelled",
    new Error("x"),
    Object.assign(new Error("no details"), { code: "cancelled" }),
    Object.assign(new Error("another code"), { code: "ENOENT", details: {} }),
    Object.assign(new Error("of a prototype"), { code: "constructor", details: {} }),
    Object.defineProperty({}, "code", {
      get: () => {
        throw new Error("hostile");
      },
    }),
  ])("does not take %s for a Polyloom error", (value) => {
    expect(hasCode(value)).toBe(false);
  });
});
