// #region program
// #region nodes
import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const Order = z.object({ item: z.string(), euros: z.number() });

const parseOrders = defineNode({
  name: "parseOrders",
  input: z.object({ csv: z.string() }),
  output: z.object({ orders: z.array(Order) }),
  run: ({ csv }) => {
    const rows = csv.split("\n").map((line) => line.split(","));
    return { orders: rows.map(([item = "", euros]) => ({ item, euros: Number(euros) })) };
  },
});

const addUp = defineNode({
  name: "addUp",
  input: z.object({ orders: z.array(Order), tax: z.number().default(0.19) }),
  output: z.object({ euros: z.number() }),
  run: ({ orders, tax }) => ({ euros: orders.reduce((sum, { euros }) => sum + euros, 0) * (1 + tax) }),
});
// #endregion nodes

// #region flow
const flow = new Workflow("orders");
const read = flow.addNode("read", parseOrders, { csv: "tea,4\ncake,6" });
const total = flow.addNode("total", addUp, { orders: read.out.orders });
// #endregion flow

// #region run
const runtime = new LocalRuntime();
const result = await runtime.execute(flow);
console.log(result.status, result.get(total).euros.toFixed(2));
// #endregion run
// #endregion program

// #region results
console.log(result.get(read).orders[0]?.item); // typed by the handle
console.log(result.results["read"].orders[0].item); // by id, untyped
console.log(result.nodes["total"]?.status, result.nodes["total"]?.attempts); // what became of a node
// #endregion results

// #region parameters
const parameters = { read: { csv: "tea,100" }, total: { tax: 0 } };
const other = await runtime.execute(flow, { parameters });
console.log(other.get(total).euros);
// #endregion parameters
