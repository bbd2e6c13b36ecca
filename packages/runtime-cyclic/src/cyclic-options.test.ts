import { describe, expect, test } from "vitest";
import { CyclicRuntime } from "./cyclic-runtime.ts";
import { cyclicSettings } from "./cyclic-options.ts";

describe("what is right is completed", () => {
  test.each([
    [{}, { history: undefined, memoryLimit: undefined }],
    [{ history: { iterations: 100 } }, { history: { iterations: 100, bytes: Infinity } }],
    [{ history: { bytes: "10MB" } }, { history: { iterations: Infinity, bytes: 10 * 2 ** 20 } }],
    [{ history: { bytes: 500, iterations: 2 } }, { history: { iterations: 2, bytes: 500 } }],
    [{ memoryLimit: "1.5 GB" }, { memoryLimit: 1.5 * 2 ** 30 }],
    [{ memoryLimit: 1 }, { memoryLimit: 1 }],
  ])("%o", (options, expected) => expect(cyclicSettings(options)).toMatchObject(expected));
});

describe("what is wrong is refused, by name", () => {
  test.each<[object, RegExp]>([
    [{ history: {} }, /history has to be \{ iterations: 100 \}, \{ bytes: "10MB" \} or both/],
    [{ history: 100 }, /history has to be \{ iterations: 100 \}/],
    [{ history: { iteration: 100 } }, /history has to be \{ iterations: 100 \}/],
    [{ history: { iterations: 0 } }, /history\.iterations has to be a whole number from 1, not 0/],
    [{ history: { iterations: Infinity } }, /history\.iterations has to be a whole number from 1, not Infinity/],
    [{ history: { bytes: "10 bananas" } }, /history\.bytes has to be a number of bytes .*, not '10 bananas'/],
    [{ history: { bytes: 0 } }, /history\.bytes has to be a number of bytes above 0/],
    [{ memoryLimit: -1 }, /memoryLimit has to be a number of bytes above 0/],
    [{ memoryLimit: Number.NaN }, /memoryLimit has to be a number of bytes above 0 .*, not NaN/],
    [{ memoryLimit: "" }, /memoryLimit has to be a number of bytes/],
    [{ onIteration: "log" }, /onIteration has to be a function, not 'log'/],
    [{ onCycleEnd: {} }, /onCycleEnd has to be a function, not \{\}/],
    [{ onIterations: () => undefined }, /onIteration/],
    [{ connectionValidation: "loose" }, /connectionValidation/],
  ])("%o", (options, message) => {
    expect(() => new CyclicRuntime(options)).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringMatching(message) }),
    );
  });

  test("and the rest of an object is not in the message", () => {
    const secret = { history: { iterations: 1, password: "hunter2" } };
    expect(() => new CyclicRuntime(secret)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("hunter2") }),
    );
  });
});
