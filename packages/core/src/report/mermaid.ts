import type { WorkflowLike } from "../define/graph.ts";
import type { RunOutcome } from "./outcome.ts";
import { drawPicture, type Picture, type PictureEdge, type PictureNode } from "./picture.ts";

const SHAPES: Readonly<Record<PictureNode["shape"], readonly [open: string, close: string]>> = {
  node: ["[", "]"],
  map: ["[[", "]]"],
  branch: ["{", "}"],
  port: ["([", "])"],
};

const ARROWS: Readonly<Record<PictureEdge["kind"], string>> = { data: "-->", feedback: "-.->", condition: "-.-o" };

const CLASSES: Readonly<Record<string, string>> = {
  completed: "fill:#d9f2dd,stroke:#2e7d32,color:#12331a",
  failed: "fill:#fbdcdc,stroke:#c62828,color:#4a0f0f",
  cancelled: "fill:#fde8cf,stroke:#e08600,color:#4a2c00",
  skipped: "fill:#eeeeee,stroke:#9e9e9e,color:#616161,stroke-dasharray:4 3",
  running: "fill:#d8e8fb,stroke:#1565c0,color:#0c2b52",
};

/** Writes a workflow as a Mermaid flowchart; with the outcome of a run, also what became of its nodes and cycles. */
export function toMermaid(workflow: WorkflowLike, outcome?: RunOutcome): string {
  const picture = drawPicture(workflow, outcome);
  const lines = [
    "flowchart TD",
    ...membersOf(picture, undefined, "  "),
    ...picture.edges.map(edgeLine),
    ...classLines(picture),
  ];
  return `${lines.join("\n")}\n`;
}

function membersOf(picture: Picture, group: number | undefined, indent: string): string[] {
  const nodes = picture.nodes.flatMap((node, index) =>
    node.group === group ? [`${indent}${nodeText(node, index)}`] : [],
  );
  const groups = picture.groups.flatMap((each, index) => {
    if (each.group !== group) return [];
    return [
      `${indent}subgraph g${index}["${label(each.lines)}"]`,
      ...membersOf(picture, index, `${indent}  `),
      `${indent}end`,
    ];
  });
  return [...nodes, ...groups];
}

function nodeText({ shape, lines }: PictureNode, index: number): string {
  const [open, close] = SHAPES[shape];
  return `n${index}${open}"${label(lines)}"${close}`;
}

function edgeLine({ from, to, kind, lines }: PictureEdge): string {
  const text = lines.length === 0 ? "" : `|"${label(lines)}"|`;
  return `  n${from} ${ARROWS[kind]}${text} n${to}`;
}

function classLines({ nodes, groups }: Picture): string[] {
  return Object.entries(CLASSES).flatMap(([status, style]) => {
    const of = (prefix: string, all: Picture["nodes"] | Picture["groups"]): string[] =>
      all.flatMap((each, index) => (each.status === status ? [`${prefix}${index}`] : []));
    const members = [...of("n", nodes), ...of("g", groups)];
    return members.length === 0 ? [] : [`  classDef ${status} ${style}`, `  class ${members.join(",")} ${status}`];
  });
}

function label(lines: readonly string[]): string {
  return lines.map(escape).join("<br/>");
}

/** Letters, digits and harmless signs stay; all else, and what Markdown could take for its own, becomes a character code. */
const UNSAFE = /(?<![\p{L}\p{N}])[._-]|[._-](?![\p{L}\p{N}])|[^\p{L}\p{N} ,/()→._-]/gu;

function escape(text: string): string {
  return text.replace(/\p{Cc}/gu, " ").replace(UNSAFE, (sign) => `#${sign.codePointAt(0)};`);
}
