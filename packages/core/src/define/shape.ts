import { PolyloomError } from "@polyloom/wire";
import { z } from "zod";
import { didYouMean, listNames } from "./nearest.ts";
import { show } from "./show.ts";

/** A number of milliseconds above 0. */
export const milliseconds: z.ZodType<number> = z
  .number("has to be a finite number of milliseconds above 0")
  .positive("has to be a finite number of milliseconds above 0");

/** A count: a whole number from 1. */
export const count: z.ZodType<number> = z
  .int("has to be a whole number from 1")
  .positive("has to be a whole number from 1");

/** Any function. */
export const func: z.ZodType<(...args: never[]) => unknown> = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === "function",
  "has to be a function",
);

/** Something with these methods. */
export function objectWith(what: string, ...methods: readonly string[]): z.ZodType<object> {
  const has = (value: unknown, method: string): boolean =>
    typeof (value as Record<string, unknown>)[method] === "function";
  return z.custom<object>(
    (value) => typeof value === "object" && value !== null && methods.every((method) => has(value, method)),
    `has to be ${what}, with ${methods.map((method) => `${method}()`).join(", ")}`,
  );
}

/**
 * Checks options: every name known, every value of its kind.
 * @throws PolyloomError `invalid_option` that names the option, what was expected and what was found
 */
export function checkShape(shape: Readonly<Record<string, z.ZodType>>, options: unknown, owner: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new PolyloomError("invalid_option", `${owner}: options have to be an object, not ${show(options)}`);
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(shape, name)) throw unknownOption(name, Object.keys(shape), owner);
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined) checkOption(shape[name]!, value, `${owner}: ${name}`);
  }
}

function checkOption(schema: z.ZodType, value: unknown, option: string): void {
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  const { path, message } = parsed.error.issues[0]!;
  const place = [option, ...path.map(String)].join(".");
  throw new PolyloomError("invalid_option", `${place} ${message}, not ${show(at(value, path))}`, {
    details: { option: place, expected: message },
  });
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function unknownOption(name: string, known: readonly string[], owner: string): PolyloomError {
  const hint = didYouMean(name, known) || `it has ${listNames(known)}`;
  return new PolyloomError("invalid_option", `${owner} has no option ${show(name)}; ${hint}`, {
    details: { option: name },
  });
}
