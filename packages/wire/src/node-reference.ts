import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";

/** Where another process finds a node: the module's URL and the node's name in it. */
export interface NodeReference {
  /** The URL of the module whose evaluation creates the node, without a query. */
  readonly module: string;
  readonly name: string;
  /** The path or URL of the module as the stack shows it. */
  readonly file?: string;
  /** The line, from 1, of the call in the code as it runs, which may be compiled code. */
  readonly line?: number;
}

/** The place of a call: a node reference that lacks only the name. */
export type CallerReference = Omit<NodeReference, "name">;

interface Frame {
  readonly file: string;
  readonly line: number | undefined;
}

const SHALLOW = 16;
const DEEP = 256;

/**
 * The module whose evaluation makes the call of `skip`: its outermost frame outside of
 * node_modules; where there is none, the library's own module, or the direct caller. Undefined
 * where no frame has a file, as in eval.
 */
export function callerReference(skip: (...args: never[]) => unknown): CallerReference | undefined {
  let sites = captureSites(skip, SHALLOW);
  if (sites.length === SHALLOW && !sites.some(isBoundary)) sites = captureSites(skip, DEEP);
  const frame = chooseFrame(sites);
  return frame && referenceTo(frame);
}

/** The URL that a module is known by: file paths become file URLs, and their queries go. */
export function moduleUrl(file: string): string {
  if (file.startsWith("file:")) return file.replace(/[?#].*$/s, "");
  return isAbsolute(file) ? pathToFileURL(file.replace(/\?.*$/s, "")).href : file;
}

function captureSites(skip: (...args: never[]) => unknown, limit: number): NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.captureStackTrace(holder, skip);
    return holder.stack as NodeJS.CallSite[];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

// What Node itself calls is the evaluation of a module; what lies further out imported it.
// Behind an await there may be no such frame: the importer follows as an async one.
function isBoundary(site: NodeJS.CallSite): boolean {
  return site.isAsync() || (site.getFileName()?.startsWith("node:") ?? false);
}

function chooseFrame(sites: readonly NodeJS.CallSite[]): Frame | undefined {
  const found = sites.findIndex(isBoundary);
  const boundary = found < 0 ? sites.length : found;
  const inside = toFrames(sites.slice(0, boundary));
  // A library that defines nodes of its own is itself the module that the loader evaluates.
  const evaluated = isLoader(sites[boundary]) ? inside.at(-1) : undefined;
  const awaiting = (): Frame | undefined => toFrames(sites.slice(boundary)).find(isUserCode);
  return inside.findLast(isUserCode) ?? evaluated ?? awaiting() ?? inside[0];
}

function isLoader(site: NodeJS.CallSite | undefined): boolean {
  return /^node:internal\/(modules|vm)/.test(site?.getFileName() ?? "");
}

function toFrames(sites: readonly NodeJS.CallSite[]): Frame[] {
  return sites.flatMap((site) => {
    const file = site.getFileName();
    if (!file || file.startsWith("node:") || !isLocation(file)) return [];
    return [{ file, line: site.getLineNumber() ?? undefined }];
  });
}

// Leaves out names that are no place, such as `[eval]` and `evalmachine.<anonymous>`.
function isLocation(file: string): boolean {
  return isAbsolute(file) || /^[a-z][a-z0-9+.-]+:/i.test(file);
}

function isUserCode(frame: Frame): boolean {
  return !/[\\/]node_modules[\\/]/.test(frame.file);
}

function referenceTo({ file, line }: Frame): CallerReference {
  return { module: moduleUrl(file), file, ...(line === undefined ? {} : { line }) };
}
