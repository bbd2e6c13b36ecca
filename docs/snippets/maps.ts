import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

// #region program
const Order = z.object({ customer: z.string(), euros: z.number() });

const price = defineNode({
  name: "price",
  input: z.object({ order: Order, factor: z.number() }),
  output: z.object({ euros: z.number(), note: z.string().optional() }),
  run: ({ order, factor }) => ({
    euros: order.euros * factor,
    ...(order.euros >= 100 && { note: `large: ${order.customer}` }),
  }),
});

const flow = new Workflow("prices", { input: z.object({ orders: z.array(Order) }) });
const priced = flow.addMap("priced", price, {
  each: { order: flow.input.orders }, // one item at a time
  with: { factor: 1.2 }, // the same for every item
});

const orders = [
  { customer: "Ada", euros: 10 },
  { customer: "Max", euros: 100 },
];
const result = await new LocalRuntime().execute(flow, { input: { orders } });
console.log(result.get(priced)); // each output is a list in item order
// #endregion program

// #region chunks
const grouped = new Workflow("grouped", { input: z.object({ orders: z.array(Order) }) });
grouped.addMap("priced", price, {
  each: { order: grouped.input.orders },
  with: { factor: 1 },
  chunkSize: 50, // items of a chunk run one after another
  chunkBy: "order.customer", // the orders of one customer stay in one chunk
  concurrency: 4, // chunks of this map at once
});
// #endregion chunks
console.log((await new LocalRuntime().execute(grouped, { input: { orders } })).results["priced"].euros);
