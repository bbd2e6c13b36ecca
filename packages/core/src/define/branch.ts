import { PolyloomError } from "@polyloom/wire";
import { z } from "zod";
import { requireBoolean } from "./boolean.ts";
import { defineNode, type NodeDefinition } from "./node.ts";
import { isSchema } from "./schema.ts";

/** What `ifElse` gives: the value, on the port of the branch that is taken. */
export interface IfElseOut<T> {
  then?: T | undefined;
  else?: T | undefined;
}

/** Options of a branching node. */
export interface BranchOptions {
  /** Unique in its module, where the node is to run elsewhere or to be stored as JSON. */
  readonly name?: string;
  /** `import.meta.url`, where the caller's module cannot be seen from the stack. */
  readonly module?: string;
}

/** A value that was parsed on the way in goes on as it is. */
const carried = (): z.ZodOptional<z.ZodUnknown> => z.unknown().optional();

/** Makes a node that carries its value on by port `then` where the predicate holds, else by port `else`. */
export function ifElse<S extends z.ZodType>(
  schema: S,
  predicate: (value: z.output<S>) => boolean,
  options: BranchOptions = {},
): NodeDefinition<{ value: z.input<S> }, IfElseOut<z.output<S>>> {
  requireSchema(schema, "ifElse");
  requireFunctions({ predicate }, "ifElse");
  return defineNode({
    ...options,
    name: options.name ?? "ifElse",
    input: z.object({ value: schema }),
    output: z.object({ then: carried(), else: carried() }),
    run: (input) => {
      const value = (input as { value: z.output<S> }).value;
      return requireBoolean(predicate(value), "the predicate") ? { then: value } : { else: value };
    },
  }) as unknown as NodeDefinition<{ value: z.input<S> }, IfElseOut<z.output<S>>>;
}

/** Makes a node that carries its value on by the port of the first case that holds, else by port `default`. */
export function switchOn<S extends z.ZodType, C extends string>(
  schema: S,
  cases: { readonly [K in C]: (value: z.output<S>) => boolean },
  options: BranchOptions = {},
): NodeDefinition<{ value: z.input<S> }, { [K in C | "default"]?: z.output<S> | undefined }> {
  requireSchema(schema, "switchOn");
  requireFunctions(cases, "switchOn");
  const names = Object.keys(cases) as C[];
  if (names.includes("default" as C))
    throw new PolyloomError(
      "invalid_definition",
      'switchOn: the port "default" is for values that no case takes; rename the case',
    );
  return defineNode({
    ...options,
    name: options.name ?? "switchOn",
    input: z.object({ value: schema }),
    output: z.object(Object.fromEntries([...names, "default"].map((name) => [name, carried()]))),
    run: (input) => {
      const value = (input as { value: z.output<S> }).value;
      return { [names.find((name) => requireBoolean(cases[name](value), `case "${name}"`)) ?? "default"]: value };
    },
  }) as unknown as NodeDefinition<{ value: z.input<S> }, { [K in C | "default"]?: z.output<S> | undefined }>;
}

function requireSchema(schema: unknown, owner: string): void {
  if (!isSchema(schema)) throw new PolyloomError("invalid_schema", `${owner} takes a zod schema first`);
}

function requireFunctions(functions: object, owner: string): void {
  if (typeof functions !== "object" || functions === null)
    throw new PolyloomError("invalid_definition", `${owner} takes an object: a function by case`);
  for (const [name, value] of Object.entries(functions))
    if (typeof value !== "function")
      throw new PolyloomError("invalid_definition", `${owner}: ${name} has to be a function`);
}
