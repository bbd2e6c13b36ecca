// What a hand-written pool runs: the floors of the rows about worker threads.
import { move } from "piscina";
import { increment, type Row, spin, sumColumn, sumRows, touch } from "./raw-work.ts";

export { increment, spin, sumColumn };

export function rows(chunk: readonly Row[]): unknown {
  return sumRows(chunk);
}

export function moved(column: Float64Array<ArrayBuffer>): unknown {
  return move(touch({ column }).column);
}
