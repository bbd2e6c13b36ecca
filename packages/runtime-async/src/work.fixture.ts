import { defineNode, type NodeDefinition, Workflow } from "@polyloom/core";
import { z } from "zod";

/** The node that {@link work} makes. */
export type Work = NodeDefinition<{ after?: unknown }, { id: string }>;

/** Makes a node that runs `wait` with its id, and gives that id. */
export function work(wait: (id: string) => unknown, group?: string): Work {
  return defineNode({
    name: "work",
    ...(group === undefined ? {} : { group }),
    input: z.object({ after: z.unknown().optional() }),
    output: z.object({ id: z.string() }),
    run: async (_input, { nodeId }) => {
      await wait(nodeId);
      return { id: nodeId };
    },
  });
}

/** A workflow of `count` equal nodes without connections. */
export function many(count: number, node: Work, prefix = "n"): Workflow {
  const flow = new Workflow("many");
  for (let i = 0; i < count; i++) flow.addNode(`${prefix}${i}`, node, {});
  return flow;
}
