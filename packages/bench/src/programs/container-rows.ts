import type { Program, Row, Target } from "../row.ts";

/** Functions in images, each beside the same work done by bare requests to the engine. */
export const CONTAINERS: Program = {
  name: "container",
  processes: 3,
  rows: [
    row("container-run", "cached container(…).run() beside create, start, wait and remove of its image", {
      kind: "ratio",
      most: 1.3,
    }),
    row("container-base", "offline base image, made once", { kind: "value", most: 1500 }),
    row("container-base-again", "offline base image, found again", { kind: "reported" }),
  ],
};

function row(name: string, title: string, target: Target): Row {
  return { name, title, unit: "ms", target };
}
