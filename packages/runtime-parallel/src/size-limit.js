import { estimateBytes, PolyloomError } from "@polyloom/wire";
/**
 * Refuses what would not fit into a worker, before it is built there or sent (D4).
 * @throws PolyloomError `size_limit_exceeded` with the size, a lower bound in bytes, and the limit
 */
export function refuseAbove(limit, values, what) {
  if (limit === undefined) return;
  const size = estimateBytes(values, limit);
  if (size <= limit) return;
  const message = `${what} has ${size} bytes or more, which is above the memory limit of ${limit} of a worker`;
  throw new PolyloomError("size_limit_exceeded", message, { details: { size, limit } });
}
