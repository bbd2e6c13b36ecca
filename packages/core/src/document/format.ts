import { z } from "zod";

/** Where a value comes from, in a document. */
export type SourceDocument =
  | { readonly literal: unknown }
  /** A value that JSON cannot hold: v8's serial form in base64. */
  | { readonly encoded: string }
  /** A node's id, or `null` for the workflow's input, then the port and the path inside it. */
  | { readonly ref: readonly [string | null, ...(string | number)[]] }
  | { readonly firstOf: readonly SourceDocument[] }
  | { readonly list: readonly SourceDocument[] }
  | { readonly object: readonly (readonly [string, SourceDocument])[] };

/** A node or a function, by name and by the module that defines it. */
export interface NameDocument {
  readonly name: string;
  readonly module?: string | undefined;
}

/** A criterion of a cycle, in a document. */
export type CriterionDocument =
  | { readonly kind: "expression"; readonly text: string }
  | { readonly kind: "predicate"; readonly from: SourceDocument; readonly test: NameDocument }
  | { readonly kind: "delta"; readonly from: SourceDocument; readonly tolerance: number; readonly patience: number }
  | {
      readonly kind: "plateau";
      readonly from: SourceDocument;
      readonly tolerance: number;
      readonly patience: number;
      readonly goal: "min" | "max";
    }
  | { readonly kind: "fixpoint"; readonly from: SourceDocument; readonly patience: number }
  | { readonly kind: "any" | "all"; readonly of: readonly CriterionDocument[] };

/** A cycle, in a document. */
export interface CycleDocument {
  readonly name: string;
  readonly feedback: readonly { readonly from: SourceDocument; readonly to: readonly [string, string] }[];
  readonly include?: readonly string[] | undefined;
  readonly maxIterations?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly criterion?: CriterionDocument | undefined;
  readonly continueWhile?: { readonly from: SourceDocument; readonly test: NameDocument } | undefined;
  readonly onExhausted?: "accept" | "fail" | undefined;
  readonly historyWindow?: number | undefined;
}

/** A declared input or output: its name, and its type as JSON Schema. */
export type PortDocument = readonly [
  string,
  { readonly schema: Readonly<Record<string, unknown>>; readonly optional: boolean },
];

/** How a map spreads its items, in a document. */
export interface MapDocument {
  readonly each: readonly string[];
  readonly chunkSize?: number | undefined;
  readonly chunkBy?: string | undefined;
  readonly concurrency?: number | undefined;
}

/** A workflow as plain data. */
export interface WorkflowDocument {
  readonly format: "polyloom/workflow";
  readonly version: 1;
  readonly name: string;
  readonly runtime?: "local" | "async" | "parallel" | "cyclic" | "docker" | "testing" | undefined;
  /** Declared inputs and outputs by port, each as JSON Schema. */
  readonly input?: readonly PortDocument[] | undefined;
  readonly output?: readonly PortDocument[] | undefined;
  readonly nodes: readonly NodeDocument[];
  readonly connections: readonly { readonly from: SourceDocument; readonly to: readonly [string, string | null] }[];
  readonly cycles: readonly CycleDocument[];
  readonly outputs: readonly (readonly [string, SourceDocument])[];
}

/** A node, in a document: by name, or a whole workflow. */
export interface NodeDocument {
  readonly id: string;
  readonly node?: NameDocument | undefined;
  readonly workflow?: WorkflowDocument | undefined;
  readonly inputs: readonly (readonly [string, SourceDocument])[];
  readonly map?: MapDocument | undefined;
}

let format: z.ZodType<WorkflowDocument> | undefined;

/** The shape of a workflow document; made when the first one is read, since most programs never read any. */
export function documentFormat(): z.ZodType<WorkflowDocument> {
  return (format ??= makeFormat());
}

function makeFormat(): z.ZodType<WorkflowDocument> {
  const key = z.union([z.string(), z.number()]);
  const path = z.tuple([z.string().nullable(), z.string()], key);
  const start = z.tuple([z.string().nullable()], key);
  const name = z.object({ name: z.string(), module: z.string().optional() });

  const source: z.ZodType<SourceDocument> = z.lazy(() =>
    z.union([
      z.strictObject({ literal: z.unknown() }),
      z.strictObject({ encoded: z.string() }),
      z.strictObject({ ref: path }),
      z.strictObject({ firstOf: z.array(source).min(1) }),
      z.strictObject({ list: z.array(source) }),
      z.strictObject({ object: z.array(z.tuple([z.string(), source])) }),
    ]),
  );

  const criterion: z.ZodType<CriterionDocument> = z.lazy(() =>
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("expression"), text: z.string() }),
      z.strictObject({ kind: z.literal("predicate"), from: source, test: name }),
      z.strictObject({ kind: z.literal("delta"), from: source, tolerance: z.number(), patience: z.number() }),
      z.strictObject({
        kind: z.literal("plateau"),
        from: source,
        tolerance: z.number(),
        patience: z.number(),
        goal: z.enum(["min", "max"]),
      }),
      z.strictObject({ kind: z.literal("fixpoint"), from: source, patience: z.number() }),
      z.strictObject({ kind: z.enum(["any", "all"]), of: z.array(criterion).min(1) }),
    ]),
  );

  const inputs = z.array(z.tuple([z.string(), source]));
  const place = z.tuple([z.string(), z.string()]);
  const ports = z.array(
    z.tuple([z.string(), z.strictObject({ schema: z.record(z.string(), z.unknown()), optional: z.boolean() })]),
  );

  const map = z.strictObject({
    each: z.array(z.string()).min(1),
    chunkSize: z.number().optional(),
    chunkBy: z.string().optional(),
    concurrency: z.number().optional(),
  });

  const cycle = z.strictObject({
    name: z.string(),
    feedback: z.array(z.strictObject({ from: source, to: place })),
    include: z.array(z.string()).optional(),
    maxIterations: z.number().optional(),
    timeoutMs: z.number().optional(),
    criterion: criterion.optional(),
    continueWhile: z.strictObject({ from: source, test: name }).optional(),
    onExhausted: z.enum(["accept", "fail"]).optional(),
    historyWindow: z.number().optional(),
  });

  const node: z.ZodType<NodeDocument> = z.lazy(() =>
    z.strictObject({
      id: z.string(),
      node: name.optional(),
      workflow: workflow.optional(),
      inputs,
      map: map.optional(),
    }),
  );

  const workflow: z.ZodType<WorkflowDocument> = z.strictObject({
    format: z.literal("polyloom/workflow"),
    version: z.literal(1),
    name: z.string(),
    runtime: z.enum(["local", "async", "parallel", "cyclic", "docker", "testing"]).optional(),
    input: ports.optional(),
    output: ports.optional(),
    nodes: z.array(node),
    connections: z.array(
      z.strictObject({
        from: z.union([source, z.strictObject({ ref: start })]),
        to: z.tuple([z.string(), z.string().nullable()]),
      }),
    ),
    cycles: z.array(cycle),
    outputs: inputs,
  });
  return workflow;
}
