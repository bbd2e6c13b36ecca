import type { NodeEntry } from "../define/graph.ts";
import type { WorkflowLike } from "../define/graph.ts";
import { type Reference, referencesOf, type Source } from "../define/source.ts";
import { analyze, type Structure } from "../validate/structure.ts";
import type { PortWiring } from "../validate/wiring.ts";
import type { CycleReport } from "./cycle-report.ts";
import { cycleReportLine, limitLines } from "./cycle-text.ts";
import { formatDuration } from "./duration.ts";
import type { RunOutcome } from "./outcome.ts";
import type { NodeRecord, NodeStatus } from "./run-result.ts";

/** A sub-workflow, drawn around its nodes; `group` is the one around it. */
export interface PictureGroup {
  readonly lines: readonly string[];
  readonly group: number | undefined;
  readonly status: NodeStatus | undefined;
}

/** A node, or the inputs or outputs of a workflow. */
export interface PictureNode {
  readonly shape: "node" | "map" | "branch" | "port";
  /** The first is the node's id. */
  readonly lines: readonly string[];
  readonly group: number | undefined;
  readonly status: NodeStatus | undefined;
}

/** A wire between two nodes, by their places in the list. */
export interface PictureEdge {
  readonly from: number;
  readonly to: number;
  /** `condition` is what a cycle's criterion reads from outside its body. */
  readonly kind: "data" | "feedback" | "condition";
  readonly lines: readonly string[];
}

/** A workflow as a picture before any language: what Mermaid and DOT are written from. */
export interface Picture {
  readonly title: string;
  readonly groups: readonly PictureGroup[];
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** Draws a workflow, and what became of it where a run's outcome is given; an invalid workflow is drawn as far as it goes. */
export function drawPicture(workflow: WorkflowLike, outcome?: RunOutcome): Picture {
  return new PictureBuilder(outcome).draw(workflow);
}

/** One workflow in the picture: where its wires begin and end. */
interface Frame {
  readonly structure: Structure;
  readonly prefix: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
  /** By number of the node: its place, or that of a workflow. */
  readonly places: readonly (number | Frame)[];
}

type MutableEdge = { -readonly [K in keyof PictureEdge]: PictureEdge[K] } & { lines: string[] };

class PictureBuilder {
  readonly #groups: PictureGroup[] = [];
  readonly #nodes: PictureNode[] = [];
  readonly #edges: Map<string, MutableEdge> = new Map();
  readonly #records: ReadonlyMap<string, NodeRecord>;
  readonly #reports: ReadonlyMap<string, CycleReport>;

  constructor(outcome: RunOutcome | undefined) {
    this.#records = new Map(Object.entries(outcome?.nodes ?? {}));
    this.#reports = new Map(Object.entries(outcome?.cycles ?? {}));
  }

  draw(workflow: WorkflowLike): Picture {
    const frame = this.#frame(analyze(workflow), "", undefined);
    this.#wire(frame);
    return { title: workflow.name, groups: this.#groups, nodes: this.#nodes, edges: [...this.#edges.values()] };
  }

  #frame(structure: Structure, prefix: string, group: number | undefined): Frame {
    const { inputs, outputs } = structure.workflow;
    const input = inputs.ports.length > 0 ? this.#port("input", group) : undefined;
    const places = structure.entries.map((entry, index) => this.#place(structure, entry, index, prefix, group));
    const output = outputs.ports.length > 0 ? this.#port("output", group) : undefined;
    return { structure, prefix, input, output, places };
  }

  #place(
    structure: Structure,
    entry: NodeEntry,
    index: number,
    prefix: string,
    group: number | undefined,
  ): number | Frame {
    const inner = structure.subs.get(index);
    const record = this.#records.get(prefix + entry.id);
    const lines = [entry.id, ...aboutNode(entry), ...aboutRun(record)];
    if (inner === undefined)
      return this.#nodes.push({ shape: shapeOf(entry), lines, group, status: record?.status }) - 1;
    const place = this.#groups.push({ lines, group, status: record?.status }) - 1;
    return this.#frame(inner, `${prefix}${entry.id}/`, place);
  }

  #port(line: string, group: number | undefined): number {
    return this.#nodes.push({ shape: "port", lines: [line], group, status: undefined }) - 1;
  }

  #wire(frame: Frame): void {
    const { structure, places, output } = frame;
    structure.wirings.forEach((wirings, index) => {
      const to = entranceOf(places[index]!);
      for (const wiring of wirings) this.#wirePort(frame, wiring, to);
    });
    for (const wiring of structure.outputs) this.#wirePort(frame, wiring, output);
    for (const { spec, body, needs } of structure.cycles)
      for (const reference of needs)
        this.#join(this.#exitOf(frame, reference), entranceOf(places[body[0]!]!), "condition", [
          `cycle ${spec.name} reads`,
          placeText(reference),
        ]);
    for (const place of places) if (typeof place !== "number") this.#wire(place);
  }

  #wirePort(frame: Frame, { port, connection, feedback }: PortWiring, to: number | undefined): void {
    if (connection) this.#wireSource(frame, connection, to, port.name, "data", []);
    for (const { cycle, from } of feedback)
      this.#wireSource(frame, from, to, port.name, "feedback", this.#aboutCycle(frame, cycle));
  }

  #wireSource(
    frame: Frame,
    source: Source,
    to: number | undefined,
    port: string,
    kind: PictureEdge["kind"],
    about: readonly string[],
  ): void {
    const references = referencesOf(source);
    references.forEach((reference, index) => {
      const text = placeText(reference);
      const choice =
        source.kind === "first" && references.length > 1 ? ` (choice ${index + 1} of ${references.length})` : "";
      const label = text === port && choice === "" ? [] : [`${text} → ${port}${choice}`];
      this.#join(this.#exitOf(frame, reference), to, kind, [...about, ...label]);
    });
  }

  /** Wires of one kind between the same two nodes are one edge. */
  #join(from: number | undefined, to: number | undefined, kind: PictureEdge["kind"], lines: readonly string[]): void {
    if (from === undefined || to === undefined) return;
    const key = `${from} ${to} ${kind}${kind === "data" ? "" : ` ${lines[0]}`}`;
    const known = this.#edges.get(key);
    if (known === undefined) this.#edges.set(key, { from, to, kind, lines: [...lines] });
    else known.lines.push(...lines.filter((line) => !known.lines.includes(line)));
  }

  #exitOf({ structure, places, input }: Frame, { node }: Reference): number | undefined {
    if (node === null) return input;
    const place = places[structure.indexOf.get(node) ?? -1];
    return typeof place === "object" ? place.output : place;
  }

  #aboutCycle({ structure, prefix }: Frame, name: string): string[] {
    const spec = structure.workflow.graph.cycles.find((each) => each.name === name);
    const report = this.#reports.get(prefix + name);
    return [`cycle ${name}`, ...(spec ? limitLines(spec) : []), ...(report ? [cycleReportLine(report)] : [])];
  }
}

/** Where an edge to a workflow ends: at its inputs, or at its first node where it declares none. */
function entranceOf(place: number | Frame): number | undefined {
  if (typeof place === "number") return place;
  return place.input ?? (place.places.length > 0 ? entranceOf(place.places[0]!) : undefined);
}

/** A node of whose outputs none is certain chooses between them. */
function shapeOf({ node, map }: NodeEntry): PictureNode["shape"] {
  if (map !== undefined) return "map";
  const { ports } = node.outputs;
  return ports.length > 1 && ports.every(({ schema }) => schema._zod.optout === "optional") ? "branch" : "node";
}

function aboutNode({ id, node, map }: NodeEntry): string[] {
  const named = node.name === id ? [] : [node.name];
  return map === undefined ? named : [...named, `for each of ${map.each.join(", ")}`];
}

function aboutRun(record: NodeRecord | undefined): string[] {
  if (record === undefined) return [];
  const { status, durationMs, attempts } = record;
  const time = durationMs === undefined ? "" : `, ${formatDuration(durationMs)}`;
  return [`${status}${time}${attempts > 1 ? `, ${attempts} attempts` : ""}`];
}

function placeText({ path }: Reference): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
}
