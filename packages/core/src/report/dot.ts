import type { WorkflowLike } from "../define/graph.ts";
import type { RunOutcome } from "./outcome.ts";
import { drawPicture, type Picture, type PictureEdge, type PictureNode } from "./picture.ts";
import type { NodeStatus } from "./run-result.ts";

const SHAPES: Readonly<Record<PictureNode["shape"], string>> = {
  node: "shape=box",
  map: "shape=box3d",
  branch: "shape=diamond",
  port: "shape=oval",
};

const LINES: Readonly<Record<PictureEdge["kind"], string>> = {
  data: "",
  feedback: "style=dashed, constraint=false",
  condition: "style=dotted, arrowhead=odot",
};

const LOOKS: Readonly<Record<NodeStatus, readonly string[]>> = {
  pending: [],
  running: ["style=filled", 'fillcolor="#d8e8fb"', 'color="#1565c0"'],
  completed: ["style=filled", 'fillcolor="#d9f2dd"', 'color="#2e7d32"'],
  skipped: ['style="filled,dashed"', 'fillcolor="#eeeeee"', 'color="#9e9e9e"'],
  failed: ["style=filled", 'fillcolor="#fbdcdc"', 'color="#c62828"'],
  cancelled: ["style=filled", 'fillcolor="#fde8cf"', 'color="#e08600"'],
};

/** Writes a workflow in Graphviz' DOT language; with the outcome of a run, also what became of its nodes and cycles. */
export function toDot(workflow: WorkflowLike, outcome?: RunOutcome): string {
  const picture = drawPicture(workflow, outcome);
  const head = [
    `digraph ${quoted([picture.title])} {`,
    '  node [fontname="sans-serif"]',
    '  edge [fontname="sans-serif", fontsize=10]',
  ];
  return `${[...head, ...membersOf(picture, undefined, "  "), ...picture.edges.map(edgeLine), "}"].join("\n")}\n`;
}

function membersOf(picture: Picture, group: number | undefined, indent: string): string[] {
  const nodes = picture.nodes.flatMap((node, index) =>
    node.group === group ? [`${indent}${nodeLine(node, index)}`] : [],
  );
  const groups = picture.groups.flatMap((each, index) => {
    if (each.group !== group) return [];
    const inside = `${indent}  `;
    const head = [`label=${quoted(each.lines)}`, ...lookOf(each.status)].map((text) => `${inside}${text}`);
    return [`${indent}subgraph cluster_${index} {`, ...head, ...membersOf(picture, index, inside), `${indent}}`];
  });
  return [...nodes, ...groups];
}

function nodeLine({ shape, lines, status }: PictureNode, index: number): string {
  return `n${index} ${attributes([`label=${quoted(lines)}`, SHAPES[shape], ...lookOf(status)])}`;
}

function lookOf(status: NodeStatus | undefined): readonly string[] {
  return status === undefined ? [] : LOOKS[status];
}

function edgeLine({ from, to, kind, lines }: PictureEdge): string {
  const text = lines.length === 0 ? "" : `label=${quoted(lines)}`;
  return `  n${from} -> n${to} ${attributes([text, LINES[kind]])}`.trimEnd();
}

function attributes(parts: readonly string[]): string {
  const some = parts.filter((part) => part !== "");
  return some.length === 0 ? "" : `[${some.join(", ")}]`;
}

function quoted(lines: readonly string[]): string {
  return `"${lines.map(escape).join("\\n")}"`;
}

/** Inside quotes only the quote ends a text, and only the backslash and the ampersand mean something else. */
function escape(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("&", "&amp;");
}
