import { refusal } from "./transferable-kind.ts";

// The message and stack of an error are for people: past this, nobody reads on.
const LONGEST = 64 * 1024;

/** What a thrown value says about itself, or would if it could; never throws. */
export function describeThrown(value: unknown): string {
  if (typeof value === "function") return attempt(() => nameFunction(value)) ?? "a function";
  const text = attempt(() => String(value));
  const isTelling = text !== undefined && !text.startsWith("[object ");
  return isTelling ? text : (attempt(() => refusal(value)) ?? text ?? "an object");
}

/** The string that a reader gives, without what is past 65,536 characters; undefined if none. */
export function attempt(read: () => unknown): string | undefined {
  try {
    const text = read();
    return typeof text === "string" ? shorten(text) : undefined;
  } catch {
    return undefined;
  }
}

function nameFunction(value: { readonly name: unknown }): string {
  return `function ${String(value.name) || "without a name"}`;
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}
