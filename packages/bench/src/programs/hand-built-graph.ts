interface HandBuiltNode {
  readonly index: number;
  readonly inputs: { readonly port: string; readonly from: string }[];
}

/** A chain as one would write it without an engine: nodes by id, edges by index, and the order in which they may run. */
export function orderByHand(nodes: number): Int32Array {
  const byId = new Map<string, HandBuiltNode>();
  for (let index = 0; index < nodes; index++) {
    const inputs = index === 0 ? [] : [{ port: "value", from: `node${index - 1}` }];
    byId.set(`node${index}`, { index, inputs });
  }
  return topologicalOrder(byId);
}

function topologicalOrder(byId: ReadonlyMap<string, HandBuiltNode>): Int32Array {
  const waits = new Int32Array(byId.size);
  const next: number[][] = Array.from(byId, () => []);
  for (const { index, inputs } of byId.values()) {
    for (const { from } of inputs) next[byId.get(from)!.index]!.push(index);
    waits[index] = inputs.length;
  }
  const order = new Int32Array(byId.size);
  let count = 0;
  for (let index = 0; index < waits.length; index++) if (waits[index] === 0) order[count++] = index;
  for (let at = 0; at < count; at++) for (const to of next[order[at]!]!) if (--waits[to]! === 0) order[count++] = to;
  return order.subarray(0, count);
}
