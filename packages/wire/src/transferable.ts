import { PolyloomError } from "./error.ts";
import { isPrimitive, refusal } from "./transferable-kind.ts";
import { openLevel, rootLevel, stepTo, type Level } from "./value-level.ts";
import { formatPath } from "./value-path.ts";

/** The first place in a value that cannot move to another process, and what is there. */
export interface Untransferable {
  /** The path inside the value, such as `rows[3].fn`; empty for the value itself. */
  readonly path: string;
  /** What is there, in words, such as `a function` or `an instance of Socket`. */
  readonly found: string;
}

// Remembering an object costs more than walking a small one again, so only large and deep ones
// are: what is shared is walked a bounded number of times, and a cycle soon gets deep.
const SMALL = 16;
const SHALLOW = 4;

/**
 * Looks for what structured clone does not carry as it is: functions, symbols, class instances,
 * Promises, Proxies. An accessor counts as the value it gives, unless it throws; named properties
 * of an array are not looked at. The value may be cyclic, and nested to any depth.
 */
export function findUntransferable(value: unknown, root = ""): Untransferable | undefined {
  const outer: Level[] = [];
  const seen = new Set<unknown>();
  let level: Level | undefined = rootLevel(value);
  while (level) {
    const child = nextObject(level);
    const found = child === END ? undefined : refusal(child);
    if (found) return { path: pathOf(root, [...outer, level]), found };
    if (child === END) level = outer.pop();
    else if (!seen.has(child)) {
      if (outer.length > SHALLOW) seen.add(level.value);
      outer.push(level);
      level = openLevel(child as object);
      if (level.children.length > SMALL) seen.add(child);
    }
  }
  return undefined;
}

/** Throws not_transferable, with the path and what was found, unless a value can move. */
export function assertTransferable(value: unknown, label: string): void {
  const details = findUntransferable(value, label);
  if (!details) return;
  const message = `${details.path} is ${details.found}, which cannot move to another process.`;
  throw new PolyloomError("not_transferable", message, { details: { ...details } });
}

const END: unique symbol = Symbol("end");

function nextObject(level: Level): unknown {
  while (level.next < level.children.length) {
    const child = level.children[level.next++];
    if (!isPrimitive(child)) return child;
  }
  return END;
}

function pathOf(root: string, levels: readonly Level[]): string {
  return formatPath(
    root,
    levels.flatMap((level) => stepTo(level, level.next - 1)),
  );
}
