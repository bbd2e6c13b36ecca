import { Workflow, type WorkflowDocument, type ExecuteOptions } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { collectNodes } from "@polyloom/wire";

/** A whole workflow as JSON, and what to run it with. */
export interface DocumentOrder extends Pick<ExecuteOptions, "input" | "parameters"> {
  readonly document: WorkflowDocument;
}

/** What a run of a whole workflow comes to, as JSON. */
export interface DocumentAnswer {
  readonly status: "completed" | "failed";
  readonly results: Readonly<Record<string, unknown>>;
  readonly cycles: Readonly<Record<string, { readonly iterations: number; readonly converged: boolean }>>;
}

// #region document
/** Runs a workflow that arrived as JSON, in this process. */
export async function runDocument({ document, ...options }: DocumentOrder): Promise<DocumentAnswer> {
  const workflow = Workflow.fromJSON(document, await libraryFor(document));
  await using runtime = new LocalRuntime();
  const { status, results, cycles } = await runtime.execute(workflow, options);
  return { status, results, cycles };
}

/** What the modules that the document names define. */
async function libraryFor(document: WorkflowDocument): Promise<unknown[]> {
  const modules = [...new Set(modulesOf(document))];
  const collected = await Promise.all(modules.map((module) => collectNodes(module)));
  return collected.flatMap(({ names, pick }, at) => names.map((name) => pick({ module: modules[at]!, name })));
}

function modulesOf({ nodes }: WorkflowDocument): string[] {
  return nodes.flatMap(({ node, workflow }) => (workflow ? modulesOf(workflow) : (node?.module ?? [])));
}
// #endregion document
