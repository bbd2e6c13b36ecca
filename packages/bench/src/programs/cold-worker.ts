import type { NodeContext } from "@polyloom/core";
import { plusOne } from "./portable-nodes.ts";

export default function run(input: { readonly value: number }): unknown {
  return plusOne.run(input as never, {} as NodeContext);
}
