import { expect, test } from "vitest";

import { type ContainerProgress, progressWriter } from "./container-progress.ts";

const EVENTS: readonly ContainerProgress[] = [
  { kind: "building", image: "polyloom/x:1", base: "node:24-slim" },
  { kind: "output", text: "Step 1/2 : FROM base\n" },
  { kind: "output", text: "\u001b[31mloud\u0007\n" },
  { kind: "warning", text: ".env looks like a secret" },
  { kind: "built", image: "polyloom/x:1", milliseconds: 1234 },
];

function written(isTTY: boolean): string {
  let text = "";
  const write = progressWriter({ isTTY, columns: 20, write: (part) => (text += part) });
  for (const event of EVENTS) write(event);
  return text;
}

test("progress is a line for each event that matters", () => {
  expect(written(false)).toBe(
    "polyloom: building polyloom/x:1 on node:24-slim\n" +
      "polyloom: warning: .env looks like a secret\n" +
      "polyloom: built polyloom/x:1 in 1.2 s\n",
  );
});

test("on a terminal the build's output is one line that changes, without its control sequences", () => {
  const shown = written(true);
  expect(shown).toContain("\r\u001b[2KStep 1/2 : FROM bas");
  expect(shown).toContain("\r\u001b[2K [31mloud");
  expect(shown).not.toContain("\u0007");
});
