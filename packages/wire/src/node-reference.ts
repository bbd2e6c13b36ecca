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
  readonly isAsync: boolean;
}

const SHALLOW = 16;
const DEEP = 256;

/**
 * The module being evaluated by the call of `skip`: the outermost frame outside of node_modules,
 * else the direct caller; undefined where no frame has a file, as in eval.
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
  const boundary = sites.findIndex(isBoundary);
  const inside = toFrames(boundary < 0 ? sites : sites.slice(0, boundary));
  const outside = boundary < 0 ? [] : toFrames(sites.slice(boundary));
  const awaiting = outside.find((frame) => frame.isAsync && isUserCode(frame));
  return inside.findLast(isUserCode) ?? awaiting ?? inside[0];
}

function toFrames(sites: readonly NodeJS.CallSite[]): Frame[] {
  return sites.flatMap((site) => {
    const file = site.getFileName();
    if (!file || file.startsWith("node:") || !isLocation(file)) return [];
    return [{ file, line: site.getLineNumber() ?? undefined, isAsync: site.isAsync() }];
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
