import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { mayFollow, type ContainerState } from "./container-state.ts";

const GUIDE = new URL("../../../../docs/guide/containers.md", import.meta.url);
const STATES: readonly ContainerState[] = ["starting", "idle", "busy", "restarting", "ending", "gone"];

test("the guide draws the transitions that there are, and no others", () => {
  const drawn = [...readFileSync(GUIDE, "utf8").matchAll(/^ {2}(\w+) --> (\w+)/gm)].map(
    ([, from, to]) => `${from} ${to}`,
  );
  const known = STATES.flatMap((from) => STATES.filter((to) => mayFollow(from, to)).map((to) => `${from} ${to}`));
  expect([...new Set(drawn)].sort()).toEqual(known.sort());
});
