import { defineNode, Workflow } from "@polyloom/core";
import { z } from "zod";

const Row = z.object({ id: z.int(), value: z.number() });

const readData = defineNode({
  name: "readData",
  input: z.object({ table: z.string() }),
  output: z.object({ data: z.array(Row) }),
  retry: { attempts: 3, delayMs: 60_000 },
  run: async ({ table }, { signal }) => {
    const response = await fetch(`https://data.example/${table}`, { signal });
    return { data: z.array(Row).parse(await response.json()) };
  },
});

const process = defineNode({
  name: "process",
  input: z.object({ data: z.array(Row) }),
  output: z.object({ total: z.number() }),
  run: ({ data }) => ({ total: data.reduce((sum, { value }) => sum + value, 0) }),
});

const sendReport = defineNode({
  name: "sendReport",
  input: z.object({ total: z.number() }),
  output: z.object({ status: z.int() }),
  run: async ({ total }, { signal }) => {
    const response = await fetch("https://mail.example/report", { method: "POST", body: String(total), signal });
    return { status: response.status };
  },
});

/** Reads rows from a service, sums them up and sends the sum to another: nothing that a unit test should call. */
export const report = new Workflow("report");
export const input = report.addNode("input", readData, { table: "orders" });
export const total = report.addNode("process", process, { data: input.out.data });
export const output = report.addNode("output", sendReport, { total: total.out.total });
