import { createHash, randomBytes } from "node:crypto";

import { assertTransferable, encode } from "@polyloom/wire";

import type { Job, Pick } from "../runner/job.ts";
import { type Bundle, bundle, type ExternalPackage } from "./bundle.ts";
import { type Capture, capture } from "./capture.ts";
import type { AnyFunction, FunctionReference } from "./function-reference.ts";

/** A function as it travels: its code, how it is found there, and what it captured. */
export interface Portable {
  readonly code: string;
  readonly hash: string;
  readonly packages: readonly ExternalPackage[];
  readonly pick: Pick;
  readonly captured?: Readonly<Record<string, unknown>>;
}

/** Bundles a function by its reference, or, with `captures`, by its text; throws function_not_portable. */
export async function portable(
  reference: FunctionReference,
  name: string,
  captured: AnyFunction | undefined,
): Promise<Portable> {
  if (captured !== undefined) return fromCapture(reference, await capture(captured));
  const { module } = reference;
  if (reference.kind === "registered")
    return { ...(await bundle({ kind: "module", module })), pick: { kind: "registered", name } };
  const exported = { kind: "export", module, name: reference.name } as const;
  return { ...(await bundle(exported)), pick: { kind: "export", name: reference.name } };
}

/** The job for the runner, with a token that nobody else knows. */
export function jobFor(made: Portable, args: readonly unknown[], port: number | undefined): Job {
  assertTransferable(args, "args");
  const { code, pick, captured } = made;
  return {
    token: `\0polyloom:${randomBytes(16).toString("hex")}:`,
    code,
    pick,
    args,
    ...(captured !== undefined && { captured }),
    ...(port !== undefined && { port }),
  };
}

/** A job for an image that holds the code beside it, encoded: the same bytes for the same function and arguments. */
export function imageJob(job: Job): Uint8Array {
  const { code: _, ...rest } = job;
  return encode({ ...rest, token: "" });
}

/** What tells one whole image of a function from another: what it needs, its code and its job. */
export function wholeHash(needsTag: string, code: string, job: Uint8Array): string {
  return createHash("sha256").update(`${needsTag}\0${code}\0`).update(job).digest("hex").slice(0, 16);
}

async function fromCapture({ module }: FunctionReference, { text, values }: Capture): Promise<Portable> {
  const made: Bundle = await bundle({ kind: "text", text, module });
  return { ...made, pick: { kind: "export", name: "fn" }, captured: values };
}
