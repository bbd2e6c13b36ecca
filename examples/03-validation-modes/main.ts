import { defineNode, hasCode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { type Logger, pino } from "pino";
import { z } from "zod";

const Order = z.object({ id: z.string(), euros: z.number() });

/** What arrives from outside is not what its type says: one price is a text, one order has a key too many. */
const readOrders = defineNode({
  name: "readOrders",
  input: z.object({ json: z.string() }),
  output: z.object({ orders: z.array(Order) }),
  run: ({ json }) => ({ orders: JSON.parse(json) as z.infer<typeof Order>[] }),
});

const total = defineNode({
  name: "total",
  input: z.object({ orders: z.array(Order) }),
  output: z.object({ euros: z.unknown() }),
  run: ({ orders }) => ({ euros: orders.map(({ euros }) => euros).reduce((sum, each) => sum + each) }),
});

const flow = new Workflow("orders");
const read = flow.addNode("read", readOrders);
const sum = flow.addNode("sum", total, { orders: read.out.orders });
const DOCUMENTS = {
  good: '[{ "id": "a", "euros": 20 }, { "id": "b", "euros": 3 }]',
  "wrong type": '[{ "id": "a", "euros": 20 }, { "id": "b", "euros": "3" }]',
  "key too many": '[{ "id": "a", "euros": 20, "isAdmin": true }, { "id": "b", "euros": 3 }]',
};

// #region modes
for (const connectionValidation of ["off", "warn", "strict"] as const) {
  console.log(`\n${connectionValidation}`);
  const runtime = new LocalRuntime({ connectionValidation, logger: plainLogger() });
  for (const [name, json] of Object.entries(DOCUMENTS)) {
    try {
      const result = await runtime.execute(flow, { parameters: { read: { json } } });
      console.log(`  ${name}: ${JSON.stringify(result.get(sum).euros)}`);
    } catch (error) {
      if (!hasCode(error, "connection_invalid")) throw error;
      console.log(`  ${name}: ${error.code}: ${error.message}`);
    }
  }
  const { performanceSummary, securityReport } = runtime.getValidationMetrics();
  const { count, failures, bypasses } = performanceSummary;
  console.log(`  ${count} checks, ${failures} failures, ${bypasses} bypasses`);
  console.log(`  violations by node: ${JSON.stringify(securityReport.violationsByNode)}`);
  runtime.resetValidationMetrics();
  console.log(`  after reset: ${runtime.getValidationMetrics().performanceSummary.count} checks`);
}
// #endregion modes

/** A pino instance of one's own takes the warnings; here they become plain lines. */
function plainLogger(): Logger {
  const write = (line: string): void => console.log(`  log: ${(JSON.parse(line) as { msg: string }).msg}`);
  return pino({ level: "warn" }, { write });
}
