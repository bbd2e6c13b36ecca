import { decode, hasCode, PolyloomError } from "@polyloom/wire";
import { z } from "zod";
import { all, any, type Criterion, type CyclePredicate, delta, fixpoint, plateau } from "../define/criterion.ts";
import type { CycleBuilder } from "../define/cycle.ts";
import { firstOf, inputTo, referenceTo } from "../define/reference.ts";
import type { CovRef, InRef } from "../define/reference.ts";
import type { WorkflowOptions } from "../define/graph.ts";
import type { Workflow } from "../define/workflow.ts";
import {
  documentFormat,
  type CriterionDocument,
  type CycleDocument,
  type NodeDocument,
  type SourceDocument,
  type WorkflowDocument,
} from "./format.ts";
import { Library, type NodeLibrary } from "./library.ts";
import { closed } from "./strip.ts";
import { DEEPEST } from "../validate/structure.ts";

/** A workflow whose types are only known at run time. */
export type ReadWorkflow = Workflow<Record<string, unknown>, Record<string, unknown>>;

type Values = Record<string, unknown>;
type Create = (name: string, options: WorkflowOptions<Values, Values>) => ReadWorkflow;

/**
 * Reads a workflow that `toJSON` wrote; `nodes` holds what its names stand for.
 * @throws PolyloomError `invalid_document`, `unknown_node`, or what the same mistake gives when written in code
 */
export function readDocument(document: unknown, nodes: NodeLibrary, create: Create): ReadWorkflow {
  const checked = checkDocument(document);
  return safely(() => new Reader(new Library(nodes), create).workflow(checked));
}

function checkDocument(document: unknown): WorkflowDocument {
  safely(() => refuseDeep(document));
  const parsed = safely(() => documentFormat().safeParse(document));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join(".") || "(document)"}: ${message}`);
  throw new PolyloomError("invalid_document", `this is no workflow document: ${lines.join("; ")}`, {
    details: { problems: lines },
  });
}

/** Workflows nest no deeper than they may when they are defined; one that holds itself nests without end. */
function refuseDeep(document: unknown): void {
  let level = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST)
      throw new PolyloomError("invalid_document", `workflows are nested more than ${DEEPEST} deep; flatten them`);
    level = [...new Set(level.flatMap(workflowsIn))];
  }
}

function workflowsIn(document: unknown): unknown[] {
  const nodes = (document as Partial<WorkflowDocument> | null | undefined)?.nodes;
  if (!Array.isArray(nodes)) return [];
  return (nodes as (Partial<NodeDocument> | null)[]).flatMap((node) => node?.workflow ?? []);
}

/** A document that refers to itself, or nests without end, exhausts the stack: that is its fault, not the process's. */
function safely<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (hasCode(cause)) throw cause;
    throw new PolyloomError("invalid_document", `this is no workflow document: ${(cause as Error).message}`, { cause });
  }
}

class Reader {
  readonly #library: Library;
  readonly #create: Create;

  constructor(library: Library, create: Create) {
    this.#library = library;
    this.#create = create;
  }

  workflow(document: WorkflowDocument): ReadWorkflow {
    const flow = this.#create(document.name, {
      ...(document.runtime === undefined ? {} : { runtime: document.runtime }),
      ...(document.input === undefined ? {} : { input: readPorts(document.input) }),
      ...(document.output === undefined ? {} : { output: readPorts(document.output) }),
    });
    for (const node of document.nodes) this.#node(flow, node);
    for (const { from, to } of document.connections) this.#connection(flow, from, to);
    for (const cycle of document.cycles) this.#cycle(flow, cycle);
    if (document.outputs.length > 0) flow.setOutput(this.#inputs(flow, document.outputs));
    return flow;
  }

  #node(flow: ReadWorkflow, { id, node, workflow, inputs, map }: NodeDocument): void {
    if ((node === undefined) === (workflow === undefined))
      throw new PolyloomError("invalid_document", `node "${id}" needs either a node or a workflow`);
    const definition = workflow === undefined ? this.#library.node(node!, id) : this.workflow(workflow);
    const values = this.#inputs(flow, inputs);
    if (map === undefined) return void flow.addNode(id, definition as never, values as never);
    const { each, chunkSize, chunkBy, concurrency } = map;
    const isEach = (port: string): boolean => each.includes(port);
    const pick = (keep: (port: string) => boolean): object =>
      Object.fromEntries(Object.entries(values).filter(([port]) => keep(port)));
    flow.addMap(
      id,
      definition as never,
      { chunkSize, chunkBy, concurrency, each: pick(isEach), with: pick((port) => !isEach(port)) } as never,
    );
  }

  #connection(flow: ReadWorkflow, from: SourceDocument, [node, port]: readonly [string, string | null]): void {
    if (port === null) return void flow.connect(nodeOf(from), node);
    flow.connect(
      this.#source(flow, from) as CovRef<unknown>,
      inputTo({ workflow: flow, node, port }) as InRef<unknown>,
    );
  }

  #inputs(flow: ReadWorkflow, inputs: readonly (readonly [string, SourceDocument])[]): Record<string, unknown> {
    const twice = inputs.find(([port], index) => inputs.findIndex(([other]) => other === port) < index);
    if (twice !== undefined)
      throw new PolyloomError("conflicting_source", `"${twice[0]}" has two sources in one node; keep one`);
    return Object.fromEntries(inputs.map(([port, source]) => [port, this.#source(flow, source)]));
  }

  #source(flow: ReadWorkflow, source: SourceDocument): unknown {
    if ("literal" in source) return source.literal;
    if ("encoded" in source) return decode(Buffer.from(source.encoded, "base64"));
    if ("ref" in source)
      return referenceTo({ workflow: flow, node: source.ref[0], path: source.ref.slice(1) as (string | number)[] });
    if ("firstOf" in source)
      return firstOf(...source.firstOf.map((each) => this.#source(flow, each) as CovRef<unknown>));
    if ("list" in source) return source.list.map((each) => this.#source(flow, each));
    return Object.fromEntries(source.object.map(([key, each]) => [key, this.#source(flow, each)]));
  }

  #cycle(flow: ReadWorkflow, document: CycleDocument): void {
    const cycle = flow.createCycle(document.name);
    const {
      feedback,
      include = [],
      maxIterations,
      timeoutMs,
      criterion,
      continueWhile,
      onExhausted,
      historyWindow,
    } = document;
    for (const { from, to } of feedback)
      cycle.connect(
        this.#source(flow, from) as CovRef<unknown>,
        inputTo({ workflow: flow, node: to[0], port: to[1] }) as InRef<unknown>,
      );
    cycle.include(...include);
    if (maxIterations !== undefined) cycle.maxIterations(maxIterations);
    if (timeoutMs !== undefined) cycle.timeout(timeoutMs);
    if (criterion !== undefined) this.#converge(flow, cycle, criterion, document.name);
    if (continueWhile !== undefined)
      cycle.continueWhile(
        this.#source(flow, continueWhile.from) as CovRef<unknown>,
        this.#library.function(continueWhile.test, `cycle ${document.name}`) as CyclePredicate<unknown>,
      );
    if (onExhausted !== undefined) cycle.onExhausted(onExhausted);
    if (historyWindow !== undefined) cycle.historyWindow(historyWindow);
    cycle.build();
  }

  #converge(flow: ReadWorkflow, cycle: CycleBuilder, criterion: CriterionDocument, name: string): void {
    if (criterion.kind === "expression") cycle.convergeWhen(criterion.text);
    else if (criterion.kind === "predicate")
      cycle.convergeWhen(
        this.#source(flow, criterion.from) as CovRef<unknown>,
        this.#library.function(criterion.test, `cycle ${name}`) as CyclePredicate<unknown>,
      );
    else cycle.convergeWhen(this.#criterion(flow, criterion));
  }

  #criterion(flow: ReadWorkflow, criterion: CriterionDocument): Criterion {
    if ("of" in criterion) {
      const parts = criterion.of.map((part) => this.#criterion(flow, part));
      return criterion.kind === "any" ? any(...parts) : all(...parts);
    }
    if (criterion.kind === "expression" || criterion.kind === "predicate")
      throw new PolyloomError("invalid_document", `${criterion.kind} cannot be part of any or all`);
    const ref = this.#source(flow, criterion.from) as CovRef<never>;
    const { patience } = criterion;
    if (criterion.kind === "delta") return delta(ref, criterion.tolerance, { patience });
    if (criterion.kind === "fixpoint") return fixpoint(ref, { patience });
    return plateau(ref, { patience, tolerance: criterion.tolerance, goal: criterion.goal });
  }
}

function nodeOf(from: SourceDocument): string {
  const node = "ref" in from ? from.ref[0] : null;
  if (node !== null) return node;
  throw new PolyloomError("invalid_document", "a connection of whole nodes begins at a node");
}

function readPorts(
  ports: NonNullable<WorkflowDocument["input"]>,
): z.ZodType<Record<string, unknown>, Record<string, unknown>> {
  if (new Set(ports.map(([name]) => name)).size < ports.length)
    throw new PolyloomError("invalid_document", "a port is declared twice");
  const shape = ports.map(([name, { schema, optional }]) => {
    const port = safely(() => closed(z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]), schema));
    return [name, optional && !Object.hasOwn(schema, "default") ? port.optional() : port] as const;
  });
  return z.object(Object.fromEntries(shape));
}
