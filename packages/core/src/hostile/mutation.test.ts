import { hasCode } from "@polyloom/wire";
import { expect, test } from "vitest";
import { documentOf, type Json, read } from "./document.fixture.ts";
import { execute } from "./nodes.fixture.ts";
import { errorOf } from "./wrong-program.fixture.ts";

const HOSTILE_KEYS = JSON.parse(
  '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
) as Json;

/** What is done to one place of a document: to a key of the object or list that holds it. */
const CHANGES: readonly (readonly [string, (owner: Json, key: string) => void])[] = [
  ["replaced by null", (owner, key) => (owner[key] = null)],
  ["replaced by a number", (owner, key) => (owner[key] = -1)],
  ["replaced by a text", (owner, key) => (owner[key] = "__proto__")],
  ["replaced by a list", (owner, key) => (owner[key] = [])],
  ["replaced by an object", (owner, key) => (owner[key] = {})],
  ["replaced by hostile keys", (owner, key) => (owner[key] = HOSTILE_KEYS)],
  ["replaced by what holds it", (owner, key) => (owner[key] = owner)],
  ["left out", (owner, key) => (Array.isArray(owner) ? owner.splice(Number(key), 1) : delete owner[key])],
  ["said twice", (owner, key) => (Array.isArray(owner) ? owner.push(owner[Number(key)]) : undefined)],
];

test.each(CHANGES)("a document with any one place %s runs, or is refused with a code", async (_, change) => {
  const wrong: unknown[] = [];
  for (const path of placesOf(documentOf())) {
    const error = await errorOf(() => execute(read(changedAt(path, change))));
    if (error !== undefined && !hasCode(error)) wrong.push([path.join("."), error]);
  }
  expect(wrong).toEqual([]);
});

/** Every place in a document but the document itself, as a path. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [[...path, key], ...placesOf((value as Json)[key], [...path, key])]);
}

function changedAt(path: readonly string[], change: (owner: Json, key: string) => void): Json {
  const document = documentOf();
  const owner = path.slice(0, -1).reduce<Json>((at, key) => at[key] as Json, document);
  change(owner, path.at(-1)!);
  return document;
}
