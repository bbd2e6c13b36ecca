import type { AnyHandle, ErrorCode } from "@polyloom/core";
import { expect } from "vitest";
import { toHaveConverged, toHaveExecuted, toHaveExecutedInOrder, toHaveFailedAt, toHaveSkipped } from "./matchers.ts";

/** The matchers that importing this module adds to vitest's `expect`. */
export interface PolyloomMatchers<R> {
  /** Of a TestingRuntime: these nodes started in this order; others may stand between them. */
  toHaveExecutedInOrder(nodes: readonly (AnyHandle | string)[]): R;
  /** Of a TestingRuntime: a node started, or started this often; attempts do not count. */
  toHaveExecuted(node: AnyHandle | string, times?: number): R;
  /** Of a result or a WorkflowError: this cycle converged, or every one that began. */
  toHaveConverged(cycle?: string): R;
  /** Of a result: a node was skipped. */
  toHaveSkipped(node: AnyHandle | string): R;
  /** Of a WorkflowError or a result: a node failed, with this code if one is given. */
  toHaveFailedAt(node: AnyHandle | string, code?: ErrorCode): R;
}

declare module "vitest" {
  // The type parameters have to be those of vitest's own declaration.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends PolyloomMatchers<R> {}
}

expect.extend({ toHaveExecutedInOrder, toHaveExecuted, toHaveConverged, toHaveSkipped, toHaveFailedAt });
