// What it takes to run a task elsewhere: an order made here, performed there, and what comes back.
export { orderFor } from "./place/order.ts";
export type { About, Order } from "./place/order.ts";
export { perform, performNode, refused } from "./place/perform.ts";
export type { End, Listener, Report } from "./place/report.ts";
export { takeEnd, takeReport } from "./place/take.ts";
export { performBatch } from "./batch/perform-batch.ts";
export type { BatchLine } from "./batch/batch-line.ts";
export type { BatchOrder } from "./batch/order.ts";
export type { BatchEnd } from "./batch/report.ts";
export type { ReportPortion } from "./batch/report-portion.ts";
